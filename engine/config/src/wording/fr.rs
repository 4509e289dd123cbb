//! French patterns.

use super::{Patterns, Rule};

pub(super) const PATTERNS: Patterns = &[
    (
        Rule::Teacher,
        &[
            r"\b(?:Mme|Mlle|M\.|Monsieur|Madame)[\s\u{a0}]+\p{Lu}[\p{L}’'-]*",
            r"(?i)\b(?:l[’']|une?\s+|cette?\s+)(?:enseignante?|professeure?)\b",
            r"(?i)\bla\s+(?:maîtresse|prof)\b",
        ],
    ),
    (
        Rule::Class,
        &[
            r"(?i)\b(?:local|salle)\s+\d+\b",
            r"(?i)\bclasse\s+(?:de\s+)?\d+[.\-]?[A-Ha-h]\b",
            r"(?i)\b(?:la|une|cette)\s+classe\s+(?:combinée|du\s+matin|de\s+l[’']après-midi)",
        ],
    ),
    (
        Rule::Child,
        &[
            r"(?i)\b(?:une?|cet|cette|l[’'])\s*(?:élève|enfant|garçon|fille|lecteur|lectrice)\s+(?:qui|dont|avec|ayant)\b",
            r"(?i)\b(?:un|deux|trois)\s+(?:garçons?|filles?)\b",
            r"(?i)\b(?:le\s+garçon|la\s+fille)\b",
            r"\bélève\s+\p{Lu}\.\s?(?:\p{Lu}\.?)?",
        ],
    ),
    (
        Rule::Ranking,
        &[
            r"(?i)\b(?:meilleure?s?|pires?)\s+(?:enseignante?s?|classes?|groupes?|équipes?|écoles?|élèves?)\b",
            r"(?i)\b(?:enseignante?|classe|groupe|équipe|école|élève)s?\s+l[ea]s?\s+(?:plus|moins)\s+(?:faible|fort|forte|performante?)s?\b",
            r"(?i)\bclassement\b",
        ],
    ),
    (
        Rule::Cause,
        &[
            r"(?i)\bgrâce\s+(?:à|au|aux)\b",
            r"(?i)\bà\s+cause\s+d(?:e|es|u|[’'])",
            r"(?i)\ben\s+raison\s+d(?:e|es|u|[’'])",
            r"(?i)\b(?:a|ont)\s+(?:permis|causé|entraîné|provoqué)\b",
            r"(?i)\b(?:est|sont)\s+(?:due?s?)\s+(?:à|au|aux)\b",
            r"(?i)\bprouve(?:nt)?\b",
        ],
    ),
];
