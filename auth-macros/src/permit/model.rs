//! Permissions as the user writes them, in a list that compiles: only `check` creates one.

use syn::{Expr, Ident, Path};

use crate::tokens::text;

/// A list of permissions, all of which must hold.
pub(crate) struct Permissions(pub(super) Vec<Permission>);

pub(super) enum Permission {
    Leaf { alias: Ident, path: Path, fields: Vec<(Ident, Expr)> },
    And(Box<Permission>, Box<Permission>),
    Or(Box<Permission>, Box<Permission>),
    Not(Box<Permission>),
}

impl Permissions {
    /// Returns the permissions as the user wrote them.
    pub(crate) fn text(&self) -> String {
        self.0.iter().map(Permission::text).collect::<Vec<_>>().join(", ")
    }
}

impl Permission {
    fn text(&self) -> String {
        match self {
            Self::Leaf { path, fields, .. } if fields.is_empty() => text(path),
            Self::Leaf { path, fields, .. } => {
                let fields = fields.iter().map(|(key, value)| format!("{key} = {}", text(value)));
                format!("{}({})", text(path), fields.collect::<Vec<_>>().join(", "))
            }
            Self::And(a, b) => format!("({} & {})", a.text(), b.text()),
            Self::Or(a, b) => format!("({} | {})", a.text(), b.text()),
            Self::Not(a) => format!("!{}", a.text()),
        }
    }
}
