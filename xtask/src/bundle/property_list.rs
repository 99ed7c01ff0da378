//! What a bundle of macOS says of itself. Not tried yet.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Writes `Info.plist` and `PkgInfo` into the bundle of this format; `more` are further keys.
///
/// The bundler's own say version 1.0.0, whatever the version.
///
/// # Errors
/// Where a file cannot be written.
pub fn write(bundle: &Path, format: &str, version: &str, more: &str) -> Result<()> {
    for (name, text) in [
        ("PkgInfo", "BNDL????"),
        ("Info.plist", &text(format, version, more)),
    ] {
        let path = bundle.join("Contents").join(name);
        fs::write(&path, text).with_context(|| format!("could not write {}", path.display()))?;
    }
    Ok(())
}

fn text(format: &str, version: &str, more: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>CFBundleExecutable</key><string>Netbend</string>
  <key>CFBundleIdentifier</key><string>org.netbend.netbend.{format}</string>
  <key>CFBundleName</key><string>Netbend</string>
  <key>CFBundlePackageType</key><string>BNDL</string>
  <key>CFBundleSignature</key><string>????</string>
  <key>CFBundleShortVersionString</key><string>{version}</string>
  <key>CFBundleVersion</key><string>{version}</string>
  <key>NSHighResolutionCapable</key><true/>
{more}</dict>
</plist>
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_says_its_version() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("Contents")).unwrap();
        write(folder.path(), "vst3", "0.2.0", "").unwrap();
        let list = fs::read_to_string(folder.path().join("Contents/Info.plist")).unwrap();
        assert_eq!(list.matches("<string>0.2.0</string>").count(), 2, "{list}");
        assert!(list.contains("org.netbend.netbend.vst3"), "{list}");
    }
}
