//! A scheme with its options, as the user wrote it.

use syn::{Expr, Ident, Path};

use crate::tokens::text;

/// A scheme with its options, each of which is set once: only `attr` creates one.
pub(crate) struct Scheme {
    pub(crate) path: Path,
    pub(super) options: Vec<SchemeOption>,
}

pub(super) struct SchemeOption {
    pub(super) key: Ident,
    pub(super) value: Expr,
}

impl Scheme {
    /// Returns its options, by name.
    pub(crate) fn options(&self) -> impl Iterator<Item = (&Ident, &Expr)> {
        self.options.iter().map(|SchemeOption { key, value }| (key, value))
    }

    /// Returns the scheme as the user wrote it, for messages.
    pub(crate) fn text(&self) -> String {
        let path = text(&self.path);
        if self.options.is_empty() {
            return path;
        }
        let options = self.options.iter().map(|option| format!("{} = {}", option.key, text(&option.value)));
        format!("{path}({})", options.collect::<Vec<_>>().join(", "))
    }
}
