//! What a source may say about its OneRoster exports.
//!
//! Comes in: words of `[source.oneroster]`. Goes out: checked settings. Which files and columns an
//! export has is fixed by 1EdTech, so the mapping `oneroster` needs no file in `mappings/`.

/// What a `[[source]]` says to read OneRoster exports.
pub const NAME: &str = "oneroster";

/// Settings of one source of OneRoster exports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OneRoster {
    /// Where the local student number is; not said: `identifier`, else `sourcedId`.
    pub id: Option<IdFrom>,
    /// Where the provincial student number is, if anywhere.
    pub provincial: Option<IdFrom>,
    /// Column with the program; not said: [`PROGRAM`] if it is there.
    pub program: Option<String>,
}

/// Where a number of a user is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdFrom {
    /// The column `identifier`.
    Identifier,
    /// The column `sourcedId`.
    SourcedId,
    /// The entry of this type in the column `userIds`.
    UserIds(String),
    /// A column of one's own, with its `metadata.`.
    Metadata(String),
}

/// Where the program is looked for.
pub const PROGRAM: &str = "metadata.program";

/// How places of numbers are written, for messages.
pub const PLACES: [&str; 4] = ["identifier", "sourcedId", "userIds:TYPE", "metadata.NAME"];

impl IdFrom {
    /// Reads a setting; nothing if it is no place of numbers.
    pub fn new(word: &str) -> Option<Self> {
        match word.split_once(':') {
            None if word == "identifier" => Some(Self::Identifier),
            None if word == "sourcedId" => Some(Self::SourcedId),
            None => is_metadata(word).then(|| Self::Metadata(word.to_owned())),
            Some(("userIds", kind)) if !kind.trim().is_empty() => Some(Self::UserIds(kind.trim().to_owned())),
            Some(_) => None,
        }
    }

    /// The column that holds it.
    pub fn column(&self) -> &str {
        match self {
            Self::Identifier => "identifier",
            Self::SourcedId => "sourcedId",
            Self::UserIds(_) => "userIds",
            Self::Metadata(column) => column,
        }
    }
}

/// Whether a column is one of those that a system adds at the end.
pub fn is_metadata(column: &str) -> bool {
    column.strip_prefix("metadata.").is_some_and(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::load;

    #[test]
    fn settings_are_checked_where_they_stand() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(path, text).expect("written");
        };
        write("measures.toml", "");
        write("mappings/oneroster.toml", "kind = \"roster\"\nheader = { find = [\"x\"] }\ncolumns = { id = \"x\" }\n");
        write(
            "termwise.toml",
            "[division]\nname = \"D\"\ntime-zone = \"UTC\"\ncontact = \"c\"\n[[school]]\nid = \"n\"\nname = \"N\"\n\
             grades = [\"1\"]\n[[year]]\nid = \"2025-26\"\n[[year.period]]\nid = \"P1\"\nname = \"P\"\nopens = 2025-09-01\n\
             closes = 2025-11-01\n[[source]]\nid = \"a\"\nfiles = [\"a/*\"]\nmapping = \"oneroster\"\n[source.oneroster]\n\
             id = \"userIds\"\nprovincial-id = \"metadata.met\"\nprogram = \"program\"\n",
        );
        let (_, problems) = load(folder.path());
        let told = |line: Option<usize>, words: &str| {
            let found = problems.iter().any(|p| p.place.line == line && p.message.contains(words));
            assert!(found, "{line:?} {words}: {problems:#?}");
        };
        told(Some(21), "no place of student numbers “userIds”");
        told(Some(23), "no column of your own “program”");
        told(None, "built in");
        assert_eq!(problems.iter().filter(|p| p.is_error()).count(), 3, "{problems:#?}");
    }

    #[test]
    fn places_of_numbers_are_read_as_written() {
        assert_eq!(IdFrom::new("identifier"), Some(IdFrom::Identifier));
        assert_eq!(IdFrom::new("userIds:LDAP"), Some(IdFrom::UserIds("LDAP".into())));
        assert_eq!(IdFrom::new("metadata.met"), Some(IdFrom::Metadata("metadata.met".into())));
        for word in ["sourcedid", "userIds:", "metadata.", "username", "x:y"] {
            assert_eq!(IdFrom::new(word), None, "{word}");
        }
    }
}
