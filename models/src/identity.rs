//! How presets and projects name a model: by a name, which is never a path, and by the hash of its file.

use std::path::Path;

use sha2::{Digest as _, Sha256};

/// Most bytes of a name.
const LONGEST_NAME: usize = 255;
/// Hexadecimal digits of a hash.
const DIGITS: usize = 64;

/// What is wrong with `name` where it may not name a model; `None` where it may.
pub fn wrong_with_name(name: &str) -> Option<&'static str> {
    let is_path = |letter: char| matches!(letter, '/' | '\\' | ':');
    Some(if name.is_empty() {
        "it is empty"
    } else if name.contains(char::is_control) {
        "it holds control characters"
    } else if name.trim() != name {
        "there are blanks around it"
    } else if name.contains(is_path) || name.contains("..") {
        "it is a path"
    } else if name.len() > LONGEST_NAME {
        "it is longer than 255 bytes"
    } else {
        return None;
    })
}

/// Whether `name` may name a model: joined to a folder it stays within it, on every system.
pub fn is_model_name(name: &str) -> bool {
    wrong_with_name(name).is_none()
}

/// The SHA-256 that `text` writes, in lower case; `None` where it is none.
pub fn sha256_of_text(text: &str) -> Option<String> {
    let is_hash = text.len() == DIGITS && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hash.then(|| text.to_ascii_lowercase())
}

/// The SHA-256 of the file at `path`, in lower-case hexadecimal; the file is never whole in memory.
///
/// # Errors
/// What the system says.
pub fn hash_file(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut hasher = Sha256::new();
    std::io::copy(&mut file, &mut hasher)?;
    Ok(hexadecimal(&hasher.finalize()))
}

/// The SHA-256 of `content`, in lower-case hexadecimal.
pub fn hash(content: &[u8]) -> String {
    hexadecimal(&Sha256::digest(content))
}

fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// As many digits of a hash as a person compares.
pub fn short_hash(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_its_folder() {
        for name in ["drums", "My loops 2", "trommeln-ü", "v1.2", "a.b"] {
            assert!(is_model_name(name), "{name}");
        }
        let long = "x".repeat(256);
        for name in [
            "",
            "..",
            "../drums",
            "a/b",
            "/etc/passwd",
            "a\\b",
            "C:drums",
            "\\\\server\\share",
            "a\0b",
            "a\nb",
            " drums",
            "drums ",
            &long,
        ] {
            assert!(!is_model_name(name), "{name}");
        }
    }

    #[test]
    fn a_hash_has_64_digits() {
        let hash = "0123456789abcdefABCDEF".repeat(3)[..64].to_owned();
        assert_eq!(sha256_of_text(&hash), Some(hash.to_ascii_lowercase()));
        for text in ["", "12", &hash[..63], &hash.replace('0', "g")] {
            assert_eq!(sha256_of_text(text), None);
        }
        assert_eq!(short_hash(&hash).len(), 12);
        assert_eq!(short_hash("ab"), "ab");
    }
}
