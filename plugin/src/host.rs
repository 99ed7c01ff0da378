//! What hosts see.
//!
//! | module | thread | what it is |
//! |---|---|---|
//! | `hosted` | any | what an instance of the plugin shares with the boundary |
//! | `plugin` | main and audio | the plugin around everything below |
//! | `boundary` | main and audio | what hosts of either format call: it makes whatever they pass safe for the plugin |
//! | `instance` | any but audio | an instance for the program that stands in for its host |

pub(crate) mod boundary;
pub(crate) mod hosted;
pub(crate) mod instance;
pub(crate) mod plugin;
