//! The router state: accounts in memory, and the document.

use std::sync::Arc;

use auth_runtime::{AuthContext, AuthState, NoDefaultPolicy};
use auth_store::MemoryStore;

/// The password of `ada`.
pub const ADA_PASSWORD: &str = "correct horse";
/// The password of `boss`, who is staff.
pub const BOSS_PASSWORD: &str = "battery staple";

/// The router state.
#[derive(Debug, Clone)]
pub struct App {
    pub(crate) context: AuthContext<MemoryStore>,
    pub(crate) document: Arc<str>,
}

impl AuthState for App {
    type Backend = MemoryStore;
    type DefaultPolicy = NoDefaultPolicy;

    fn auth_context(&self) -> &AuthContext<MemoryStore> {
        &self.context
    }
}

impl App {
    /// Returns the document as JSON.
    pub(crate) fn document(&self) -> &str {
        &self.document
    }
}
