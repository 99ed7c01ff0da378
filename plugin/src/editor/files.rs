//! Files that come into the editor, dropped on its window or chosen in the system's dialog, and files that leave it by that dialog.
//!
//! | module | what it is |
//! |---|---|
//! | `kind` | what a file is to the editor, told by its name |
//! | `dialog` | the system's dialog |
//! | `overlay` | what is said while files are dragged over the window |
//! | `notice` | what is said of files that cannot be taken |

pub mod dialog;
pub mod kind;
pub mod notice;
pub mod overlay;
