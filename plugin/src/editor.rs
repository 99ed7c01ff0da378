//! Placeholder until the editor lands.
use crate::{params::NetbendParams, scope::Scope, status::Status};
use std::sync::Arc;
/// App.
pub struct NetbendEditor;
impl nice_plug_egui::NiceEguiApp for NetbendEditor {
    fn ui(&mut self, _ui: &mut egui::Ui, _frame: &mut nice_plug_egui::Frame) {}
}
/// Editor.
pub fn create(
    _: Arc<NetbendParams>,
    _: Arc<Status>,
    _: Arc<Scope>,
) -> Option<nice_plug_egui::EguiEditor<NetbendEditor>> {
    None
}
