//! The Audio Unit for macOS: the plugin's library in a bundle that the system recognises. Not tried yet.

use std::path::Path;

use anyhow::{Context, Result};

use super::property_list;
use crate::files;
use crate::workspace::VERSION;

/// What the library calls itself in `clap-wrapper`'s words.
const FACTORY: &str = "GetPluginFactoryAUV2";

/// Makes `bundle` from the built library.
pub fn make(library: &Path, bundle: &Path) -> Result<()> {
    let contents = bundle.join("Contents");
    files::create_folder(&contents.join("MacOS"))?;
    files::copy_file(library, &contents.join("MacOS/Netbend"))?;
    property_list::write(bundle, "component", VERSION, &components(VERSION)?)
}

/// What the property list says beyond that of other bundles. Its codes are promises: projects find the plugin by them.
fn components(version: &str) -> Result<String> {
    let number = version_number(version).with_context(|| format!("{version} is no version"))?;
    Ok(format!(
        r#"  <key>AudioComponents</key>
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
    use std::fs;

    use super::*;

    #[test]
    fn the_version_is_told_as_a_number() {
        assert_eq!(version_number("1.2.3"), Some(0x0001_0203));
        assert_eq!(version_number("1.2"), None);
        assert!(
            components("0.2.0")
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
        let list = fs::read_to_string(bundle.join("Contents/Info.plist")).unwrap();
        assert!(list.contains("org.netbend.netbend.component"), "{list}");
        assert!(list.contains("GetPluginFactoryAUV2"), "{list}");
        fs::remove_dir_all(&folder).unwrap();
    }
}
