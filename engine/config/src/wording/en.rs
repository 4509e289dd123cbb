//! English patterns.

use super::{Patterns, Rule};

pub(super) const PATTERNS: Patterns = &[
    (
        Rule::Teacher,
        &[
            r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr)\b\.?\s+\p{Lu}[\p{L}’'-]*",
            r"(?i)\b(?:the|our|one|a|this|that)\s+(?:(?:grade\s+\w+|kindergarten|\w+-year|new|homeroom|music|resource)\s+)?teacher\b(?:['’]s)?",
            r"\b[Tt]eacher\s+(?:\p{Lu}\b|\d+)",
        ],
    ),
    (
        Rule::Class,
        &[
            r"(?i)\b(?:room|classroom)\s+(?:no\.?\s*)?\d+\b",
            r"(?i)\bclass\s+(?:of\s+)?\d+[.\-]?\w?\b",
            r"\b(?:[1-9]|1[0-2]|K)-?[A-H]\b",
            r"(?i)\b(?:the|one|this|that)\s+(?:(?:split|morning|afternoon|other|grade\s+\w+|kindergarten)\s+)?class\b",
        ],
    ),
    (
        Rule::Child,
        &[
            r"(?i)\b(?:one|a|an|this|that|the)\s+(?:(?:grade\s+\w+|kindergarten|new|struggling|weak|bright|quiet|young|older)\s+)*(?:student|pupil|child|boy|girl|kid)\s+(?:who|whose|with|that|from|in\s+the)\b",
            r"(?i)\b(?:one|two|three|a\s+couple\s+of)\s+(?:boys?|girls?|kids?)\b",
            r"(?i)\b(?:one|two|three)\s+(?:students?|children|pupils)\s+(?:who|whose|with|from|on\s+an)\b",
            r"(?i)\bthe\s+(?:boy|girl)\b",
            r"\b(?:student|pupil|child|boy|girl)\s+\p{Lu}\.\s?(?:\p{Lu}\.?)?",
        ],
    ),
    (
        Rule::Ranking,
        &[
            r"(?i)\b(?:best|worst|weakest|strongest|lowest|highest|top|bottom|poorest)\s+(?:teachers?|class(?:es)?|groups?|teams?|schools?|students?|readers?|grades?)\b",
            r"(?i)\branked\b",
            r"(?i)\b(?:outperform(?:s|ed)?|league\s+table)\b",
        ],
    ),
    (
        Rule::Cause,
        &[
            r"(?i)\bbecause\s+of\b",
            r"(?i)\bthanks\s+to\b",
            r"(?i)\b(?:led|leads)\s+to\b",
            r"(?i)\bcaused\b|\b(?:it|this|that|which|strategy|program)\s+causes\b",
            r"(?i)\bas\s+a\s+(?:result|consequence)\s+of\b",
            r"(?i)\bdue\s+to\b",
            r"(?i)\bproves?\b|\bproven\b",
            r"(?i)\b(?:strateg(?:y|ies)|intervention|program|workshops?|coaching|lessons?)\s+(?:has\s+|have\s+)?(?:worked|works?)\b",
            r"(?i)\b(?:improved|raised|increased|lifted|boosted)\s+(?:the\s+|our\s+|their\s+)?(?:results?|scores?|marks?|reading|levels?|share)\b",
            r"(?i)\bresponsible\s+for\s+the\s+(?:rise|fall|drop|growth|change|result)s?\b",
        ],
    ),
];
