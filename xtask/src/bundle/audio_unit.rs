//! The Audio Unit for macOS: the plugin's library in a bundle that the system recognises. Not tried yet.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::files;

/// What the library calls itself in `clap-wrapper`'s words.
const FACTORY: &str = "GetPluginFactoryAUV2";

/// Makes `bundle` from the built library.
pub fn make(library: &Path, bundle: &Path) -> Result<()> {
    let contents = bundle.join("Contents");
    files::create_folder(&contents.join("MacOS"))?;
    files::copy_file(library, &contents.join("MacOS/Netbend"))?;
    let write = |name: &str, text: &str| {
        let path = contents.join(name);
        fs::write(&path, text).with_context(|| format!("could not write {}", path.display()))
    };
    write("PkgInfo", "BNDL????")?;
    write("Info.plist", &information(env!("CARGO_PKG_VERSION"))?)
}

/// The property list. Its codes are promises: projects find the plugin by them.
fn information(version: &str) -> Result<String> {
    let number = version_number(version).with_context(|| format!("{version} is no version"))?;
    Ok(format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>CFBundleExecutable</key><string>Netbend</string>
  <key>CFBundleIdentifier</key><string>org.netbend.netbend.component</string>
  <key>CFBundleName</key><string>Netbend</string>
  <key>CFBundlePackageType</key><string>BNDL</string>
  <key>CFBundleSignature</key><string>????</string>
  <key>CFBundleShortVersionString</key><string>{version}</string>
  <key>CFBundleVersion</key><string>{version}</string>
  <key>AudioComponents</key>
  <array>
    <dict>
      <key>name</key><string>Netbend: Netbend</string>
      <key>description</key><string>Bends a neural network while you play it</string>
      <key>factoryFunction</key><string>{FACTORY}</string>
      <key>type</key><string>aufx</string>
      <key>subtype</key><string>NtBd</string>
      <key>manufacturer</key><string>Ntbn</string>
      <key>version</key><integer>{number}</integer>
      <key>sandboxSafe</key><false/>
    </dict>
  </array>
</dict>
</plist>
"#
    ))
}

/// 0xMMMMmmpp, as the system compares it.
fn version_number(version: &str) -> Option<u32> {
    let mut parts = version.splitn(3, '.').map(|part| part.parse::<u32>().ok());
    let (major, minor, patch) = (parts.next()??, parts.next()??, parts.next()??);
    Some((major << 16) | (minor << 8) | patch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_told_as_a_number() {
        assert_eq!(version_number("1.2.3"), Some(0x0001_0203));
        assert_eq!(version_number("1.2"), None);
        assert!(
            information("0.2.0")
                .unwrap()
                .contains("<integer>512</integer>")
        );
    }

    #[test]
    fn a_bundle_has_library_and_list() {
        let folder = std::env::temp_dir().join(format!("netbend-component-{}", std::process::id()));
        let library = folder.join("libnetbend.dylib");
        fs::create_dir_all(&folder).unwrap();
        fs::write(&library, "library").unwrap();
        let bundle = folder.join("Netbend.component");
        make(&library, &bundle).unwrap();
        assert_eq!(
            fs::read(bundle.join("Contents/MacOS/Netbend")).unwrap(),
            b"library"
        );
        assert!(bundle.join("Contents/Info.plist").is_file());
        fs::remove_dir_all(&folder).unwrap();
    }
}
