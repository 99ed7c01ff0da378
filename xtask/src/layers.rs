//! Which file may use which: the rule that holds the layers of a crate apart, read from the code itself.
//!
//! The order is the table in `xtask/layers.toml`. Three things are refused: a file that uses one of a later layer, files of one
//! layer's neighbouring modules that use each other, and files that use each other in a circle. `mod` lines are no use, nor is what a module
//! hands on of its children; tests may use what they like.

mod circle;
mod imports;
mod modules;
mod order;

use std::path::Path;

use anyhow::{Result, bail};

use crate::workspace::Workspace;
use modules::Modules;
use order::Order;

/// Checks every crate of the table.
///
/// # Errors
/// One line for each use that is not allowed, and for each circle.
pub fn run(workspace: &Workspace) -> Result<()> {
    let orders = Order::read(&workspace.root.join("xtask/layers.toml"))?;
    let mut problems = Vec::new();
    for order in &orders {
        problems.extend(check(order, &workspace.root.join(&order.source))?);
    }
    if problems.is_empty() {
        return Ok(());
    }
    bail!(
        "{}\nThe order stands in xtask/layers.toml; move what is used down, or what uses it up.",
        problems.join("\n")
    );
}

/// What is not allowed in the crate whose `lib.rs` lies in `source`.
fn check(order: &Order, source: &Path) -> Result<Vec<String>> {
    let modules = Modules::read(source)?;
    let uses = imports::uses(&modules)?;
    let mut problems = order.unplaced(&modules);
    for one in &uses {
        if let Some(problem) = order.problem(&modules, one) {
            problems.push(problem);
        }
    }
    problems.extend(circle::circles(&modules, &uses));
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A crate of the given files, held against `order`.
    fn problems(order: &str, files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join("src").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let table = folder.path().join("layers.toml");
        std::fs::write(&table, order).unwrap();
        let orders = Order::read(&table).unwrap();
        check(&orders[0], &folder.path().join("src")).unwrap()
    }

    const ORDER: &str = "[[house]]\nsource = \"src\"\norder = [[\"error\"], [\"graph\"], [\"run\", \"text\"], [\"front\"]]\n";
    const ROOT: &str = "mod error; mod graph; mod run; mod text; mod front; pub use graph::Graph;";

    fn house<'a>(extra: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut files = vec![
            ("lib.rs", ROOT),
            ("error.rs", "pub struct Error;"),
            (
                "graph.rs",
                "mod node; use crate::error::Error; pub struct Graph(Error, node::Node);",
            ),
            ("graph/node.rs", "pub struct Node;"),
            ("run.rs", "use crate::Graph; pub fn run(_: &Graph) {}"),
            ("text.rs", "pub fn text() -> &'static str { \"\" }"),
            (
                "front.rs",
                "use crate::{run::run, text}; pub fn front() { run(todo!()); text::text(); }",
            ),
        ];
        for (name, text) in extra {
            files.retain(|(other, _)| other != name);
            files.push((name, text));
        }
        files
    }

    #[test]
    fn an_order_that_is_kept_is_no_problem() {
        assert_eq!(problems(ORDER, &house(&[])), Vec::<String>::new());
    }

    #[test]
    fn a_use_of_a_later_layer_names_both_files() {
        for text in [
            "use crate::front::front; pub struct Error;",
            "pub struct Error; fn f() { crate::front::front() }",
            "pub struct Error; fn f() { super::front::front() }",
            "pub struct Error; fn f() { assert_eq!(crate::front::front(), ()) }",
            "pub struct Error; mod inner { use super::super::front as other; }",
        ] {
            let found = problems(ORDER, &house(&[("error.rs", text)]));
            assert!(
                found
                    .iter()
                    .any(|line| line.contains("error.rs") && line.contains("front.rs")),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn a_name_that_is_handed_on_counts_as_its_own_file() {
        let found = problems(
            ORDER,
            &house(&[("error.rs", "use crate::Graph; pub struct Error;")]),
        );
        assert!(
            found.iter().any(|line| line.contains("graph.rs")),
            "{found:?}"
        );
    }

    #[test]
    fn neighbours_of_one_layer_do_not_use_each_other() {
        let found = problems(
            ORDER,
            &house(&[("text.rs", "pub use crate::run::run as text;")]),
        );
        assert!(
            found
                .iter()
                .any(|line| line.contains("text.rs") && line.contains("run.rs")),
            "{found:?}"
        );
    }

    #[test]
    fn circles_inside_a_layer_are_found() {
        let found = problems(
            ORDER,
            &house(&[(
                "graph/node.rs",
                "use super::Graph; pub struct Node(Option<Box<Graph>>);",
            )]),
        );
        assert!(
            found.iter().any(|line| line.contains("circle")),
            "{found:?}"
        );
    }

    #[test]
    fn a_module_may_hand_on_a_child_that_uses_it() {
        let files = [
            (
                "graph.rs",
                "mod node; pub use node::Node; pub struct Graph;",
            ),
            ("graph/node.rs", "use super::Graph; pub struct Node(Graph);"),
        ];
        assert_eq!(problems(ORDER, &house(&files)), Vec::<String>::new());
    }

    #[test]
    fn who_may_see_an_item_is_no_use() {
        let text = "pub struct Node; pub(in crate::graph) struct Other;";
        assert_eq!(
            problems(ORDER, &house(&[("graph/node.rs", text)])),
            Vec::<String>::new()
        );
    }

    #[test]
    fn tests_may_use_what_they_like() {
        for text in [
            "pub struct Error; #[cfg(test)] mod tests { use crate::front::front; }",
            "pub struct Error; #[cfg(test)] use crate::front::front; fn f() { #[cfg(test)] front(); }",
        ] {
            assert_eq!(
                problems(ORDER, &house(&[("error.rs", text)])),
                Vec::<String>::new(),
                "{text}"
            );
        }
    }

    #[test]
    fn a_module_that_no_layer_names_is_a_problem() {
        let found = problems(
            ORDER,
            &house(&[
                (
                    "lib.rs",
                    "mod error; mod graph; mod run; mod text; mod front; mod new;",
                ),
                ("new.rs", ""),
            ]),
        );
        assert!(
            found.iter().any(|line| line.contains("new.rs")),
            "{found:?}"
        );
    }
}
