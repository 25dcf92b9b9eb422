//! [`Service`]: an account that has only a name.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use auth_runtime::User;

/// A program that signs its requests, identified by its name.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Service(Arc<str>);

impl Service {
    /// Creates the service with this name.
    pub fn new(name: impl AsRef<str>) -> Self {
        Self(name.as_ref().into())
    }

    /// Returns its name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl User for Service {
    fn id(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.name())
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Service").field(&self.0).finish()
    }
}
