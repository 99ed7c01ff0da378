//! Where the ONNX Runtime library, the models and the presets lie.
//!
//! Looked for in this order: the folder named by the environment variable `NETBEND_RESOURCES`;
//! `Netbend.resources` beside the plugin or program; `Resources` of the bundle around the plugin; for
//! models also the user's own folder ([`user_folder`]).

use std::path::{Path, PathBuf};

use netbend_models::identity::is_model_name;
use netbend_models::text::nearest::{nearest, quoted};

use crate::error::{Error, Origin};

/// The model that ships with Netbend.
pub const DEFAULT_MODEL: &str = "drums";
/// The model that ships with Netbend and has parts.
pub const PARTS_MODEL: &str = "drums-parts";
/// Environment variable that names a resource folder.
pub const VARIABLE: &str = "NETBEND_RESOURCES";

/// The folders to look in, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resources {
    folders: Vec<PathBuf>,
    user: Option<PathBuf>,
    /// A model's name and file, wherever that lies.
    given: Option<(String, PathBuf)>,
}

impl Resources {
    /// The folders that belong to this plugin or program.
    pub fn find() -> Self {
        let user = user_folder();
        if let Some(folder) = std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) {
            return Self {
                folders: vec![folder.into()],
                user,
                given: None,
            };
        }
        // A plugin folder may hold a link to the plugin; its resources lie beside the real file.
        let module = module().map(|path| path.canonicalize().unwrap_or(path));
        let folders = match module.as_deref().and_then(Path::parent) {
            Some(folder) => {
                let mut folders = vec![folder.join("Netbend.resources")];
                folders.extend(folder.parent().map(|bundle| bundle.join("Resources")));
                folders
            }
            None => Vec::new(),
        };
        Self {
            folders,
            user,
            given: None,
        }
    }

    /// A single folder, and no user folder.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self {
            folders: vec![folder.into()],
            user: None,
            given: None,
        }
    }

    /// The same, where the file at `path` is the model called `name`.
    pub fn with_model(self, name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self {
            given: Some((name.into(), path.into())),
            ..self
        }
    }

    /// Folders that may hold the ONNX Runtime library.
    pub fn runtime_folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// Folders that may hold models.
    pub fn model_folders(&self) -> Vec<PathBuf> {
        self.folders
            .iter()
            .chain(&self.user)
            .map(|folder| folder.join("models"))
            .collect()
    }

    /// Folders that may hold presets that ship with Netbend.
    pub fn preset_folders(&self) -> Vec<PathBuf> {
        let folders = self.folders.iter();
        folders.map(|folder| folder.join("presets")).collect()
    }

    /// The user's own folder, see [`user_folder`].
    pub fn user(&self) -> Option<&Path> {
        self.user.as_deref()
    }

    /// The file of the model called `name`.
    ///
    /// # Errors
    /// Where was looked; names that are paths are refused.
    pub fn model(&self, name: &str) -> Result<PathBuf, Error> {
        if !is_model_name(name) {
            return Err(Error::ModelName(quoted(name).to_string()));
        }
        if let Some((_, path)) = self.given.as_ref().filter(|(given, _)| given == name) {
            return Ok(path.clone());
        }
        let folders = self.model_folders();
        let mut files = folders
            .iter()
            .map(|folder| folder.join(format!("{name}.onnx")));
        files.find(|path| path.is_file()).ok_or_else(|| {
            let known = self.model_names();
            let near = nearest(name, known.iter().map(String::as_str));
            Error::MissingModel {
                name: name.to_owned(),
                origin: match name {
                    DEFAULT_MODEL | PARTS_MODEL => Origin::Shipped,
                    _ => Origin::Own,
                },
                near: near.map(str::to_owned),
                folders: folders.clone(),
            }
        })
    }

    /// Where the model whose file lies at `path` comes from: with Netbend where it has the shipped one's name and lies among Netbend's own
    /// resources.
    pub fn origin(&self, path: &Path) -> Origin {
        let is_shipped = |folder: &PathBuf| {
            let names = [DEFAULT_MODEL, PARTS_MODEL].iter();
            let mut files = names.map(|name| folder.join(format!("models/{name}.onnx")));
            files.any(|shipped| shipped == path)
        };
        match self.folders.iter().any(is_shipped) {
            true => Origin::Shipped,
            false => Origin::Own,
        }
    }

    /// The names of the models there are.
    pub fn model_names(&self) -> Vec<String> {
        let folders = self.model_folders();
        let files = folders.iter().flat_map(|folder| model_files(folder));
        let mut names: Vec<_> = files
            .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
            .collect();
        names.sort();
        names.dedup();
        names
    }
}

/// The files of models in a folder, but for their metrics.
pub(crate) fn model_files(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        let is_model = |name: &str| name.ends_with(".onnx") && !name.ends_with(".metric.onnx");
        name.is_some_and(is_model) && path.is_file()
    })
}

/// The file of this plugin or program.
fn module() -> Option<PathBuf> {
    let named = process_path::get_dylib_path();
    // Linux calls a program by the word that started it. Found through PATH, that word names no file.
    let word = std::env::args_os().next();
    let is_program = named.as_deref().map(Path::as_os_str) == word.as_deref();
    named
        .filter(|_| !is_program)
        .or_else(process_path::get_executable_path)
}

/// The user's folder for models and presets of their own: `netbend` in the system's data folder.
pub fn user_folder() -> Option<PathBuf> {
    let variable = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let data = if cfg!(target_os = "windows") {
        variable("APPDATA")
    } else if cfg!(target_os = "macos") {
        variable("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        variable("XDG_DATA_HOME").or_else(|| variable("HOME").map(|home| home.join(".local/share")))
    };
    data.map(|folder| folder.join("netbend"))
}
