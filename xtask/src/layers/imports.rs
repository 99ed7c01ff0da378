//! What a file uses of other files of its crate: in `use` lines, in paths, and in what macros are given.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Item, ItemMod, ItemUse, UseTree, Visibility};

use super::modules::{Modules, is_for_tests};

/// That one file uses another.
#[derive(Debug)]
pub(super) struct Use {
    /// Number of the file that uses.
    pub(super) from: usize,
    /// Number of the file that is used.
    pub(super) to: usize,
    /// Where.
    pub(super) line: usize,
    /// The path that is written there.
    pub(super) what: String,
}

/// Every use of one file by another.
pub(super) fn uses(modules: &Modules) -> Result<Vec<Use>> {
    let handed_on: Vec<_> = (0..modules.len())
        .map(|number| handed_on(modules, number))
        .collect();
    let mut uses = Vec::new();
    for from in 0..modules.len() {
        let file = modules.file(from);
        let mut reader = Reader {
            module: file.path.clone(),
            found: Vec::new(),
        };
        reader.visit_file(&file.syntax);
        let mut seen = HashSet::new();
        for found in reader.found {
            let Some(to) = owner(modules, &handed_on, &found.path, 0) else {
                continue;
            };
            if to != from && seen.insert((to, found.line)) {
                uses.push(Use {
                    from,
                    to,
                    line: found.line,
                    what: found.path.join("::"),
                });
            }
        }
    }
    Ok(uses)
}

/// The file in which what `path` names is written, followed through what modules hand on.
fn owner(
    modules: &Modules,
    handed_on: &[HashMap<String, Vec<String>>],
    path: &[String],
    steps: usize,
) -> Option<usize> {
    let known = (0..=path.len())
        .rev()
        .find(|&len| modules.at(&path[..len]).is_some())?;
    let file = modules.at(&path[..known])?;
    let Some(name) = path.get(known) else {
        return Some(file);
    };
    match handed_on[file].get(name) {
        Some(target) if steps < 8 => {
            let target: Vec<String> = target.iter().chain(&path[known + 1..]).cloned().collect();
            owner(modules, handed_on, &target, steps + 1)
        }
        // A path that leads to the root by a name it does not define is another crate's.
        _ if known == 0 && path.len() > 1 => None,
        _ => Some(file),
    }
}

/// The names that a module hands on from others, and their paths.
fn handed_on(modules: &Modules, number: usize) -> HashMap<String, Vec<String>> {
    let file = modules.file(number);
    let mut names = HashMap::new();
    for item in &file.syntax.items {
        let Item::Use(item) = item else { continue };
        if matches!(item.vis, Visibility::Inherited) {
            continue;
        }
        for (path, name) in leaves(&item.tree) {
            // Without a keyword the first name is a child of this module.
            let full = absolute(&path, &file.path).or_else(|| {
                let full: Vec<_> = file.path.iter().chain(&path).cloned().collect();
                let child = path
                    .first()
                    .map(|first| file.path.iter().chain([first]).cloned().collect::<Vec<_>>());
                child
                    .filter(|child| modules.at(child).is_some())
                    .map(|_| full)
            });
            if let Some(full) = full {
                names.insert(name, full);
            }
        }
    }
    names
}

struct Found {
    path: Vec<String>,
    line: usize,
}

struct Reader {
    module: Vec<String>,
    found: Vec<Found>,
}

impl Reader {
    fn add(&mut self, path: &[String], line: usize) {
        let path = absolute(path, &self.module).unwrap_or_else(|| {
            // It may begin with a child of this module; what does not is dropped where no file is found for it.
            self.module.iter().chain(path).cloned().collect()
        });
        self.found.push(Found { path, line });
    }

    /// Paths in what a macro is given.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut place = 0;
        while let Some(token) = tokens.get(place) {
            place += 1;
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(first) => {
                    let line = first.span().start().line;
                    let mut path = vec![first.to_string()];
                    while let [
                        TokenTree::Punct(one),
                        TokenTree::Punct(two),
                        TokenTree::Ident(name),
                        ..,
                    ] = &tokens[place.min(tokens.len())..]
                        && one.as_char() == ':'
                        && two.as_char() == ':'
                    {
                        path.push(name.to_string());
                        place += 3;
                    }
                    if path.len() > 1 {
                        self.add(&path, line);
                    }
                }
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            Item::Const(item) => &item.attrs,
            Item::Static(item) => &item.attrs,
            Item::Struct(item) => &item.attrs,
            Item::Enum(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_for_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_for_tests(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let line = item.span().start().line;
        let own = self.module.len();
        let hands_on = !matches!(item.vis, Visibility::Inherited);
        for (path, _) in leaves(&item.tree) {
            self.add(&path, line);
            // A module is the face of its children: what it hands on of them, it does not use itself.
            if hands_on
                && self.found.last().is_some_and(|found| {
                    found.path.len() > own && found.path.starts_with(&self.module)
                })
            {
                self.found.pop();
            }
        }
    }

    /// Who may see an item is no use of them.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 && path.leading_colon.is_none() {
            let names: Vec<String> = path
                .segments
                .iter()
                .map(|segment| segment.ident.to_string())
                .collect();
            self.add(&names, path.span().start().line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }
}

/// `path` from the crate's root where it begins with `crate`, `self` or `super`, as written in `module`.
fn absolute(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    let mut base = match first.as_str() {
        "crate" => Vec::new(),
        "self" => module.to_vec(),
        "super" => module.split_last()?.1.to_vec(),
        _ => return None,
    };
    let mut rest = rest;
    while let Some((first, further)) = rest.split_first()
        && first == "super"
    {
        base.pop();
        rest = further;
    }
    base.extend(rest.iter().cloned());
    Some(base)
}

/// The paths of a `use`, each with the name it is known by after it. `*` and `self` name the module itself.
fn leaves(tree: &UseTree) -> Vec<(Vec<String>, String)> {
    fn walk(tree: &UseTree, before: &[String], found: &mut Vec<(Vec<String>, String)>) {
        let with = |name: String| -> Vec<String> { before.iter().cloned().chain([name]).collect() };
        match tree {
            UseTree::Path(path) => walk(&path.tree, &with(path.ident.to_string()), found),
            UseTree::Name(name) if name.ident == "self" => {
                found.push((before.to_vec(), before.last().cloned().unwrap_or_default()));
            }
            UseTree::Name(name) => {
                found.push((with(name.ident.to_string()), name.ident.to_string()))
            }
            UseTree::Rename(name) if name.ident == "self" => {
                found.push((before.to_vec(), name.rename.to_string()))
            }
            UseTree::Rename(name) => {
                found.push((with(name.ident.to_string()), name.rename.to_string()))
            }
            UseTree::Glob(_) => found.push((before.to_vec(), String::from("*"))),
            UseTree::Group(group) => {
                for item in &group.items {
                    walk(item, before, found);
                }
            }
        }
    }
    let mut found = Vec::new();
    walk(tree, &[], &mut found);
    found
}
