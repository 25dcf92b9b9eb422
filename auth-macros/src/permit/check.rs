//! The rules of a list of permissions. All faults are collected.

use darling::{Error, Result};
use proc_macro2::Span;

use super::attr::Args;
use super::model::{Permission, Permissions};
use crate::message;

/// The maximum number of permissions in a tuple for which the runtime implements `Permission`.
const MOST_PERMISSIONS: usize = 8;

/// Checks what was read. Faults of the whole list are reported at `span`.
pub(super) fn check(args: Args, span: Span) -> Result<Permissions> {
    let Args { mut permissions, is_empty, faults: of_syntax } = args;
    let mut faults = Error::accumulator();
    faults.extend(of_syntax);
    if is_empty {
        faults.push(Error::custom(message::EMPTY_PERMIT).with_span(&span));
    }
    if permissions.len() > MOST_PERMISSIONS {
        faults.push(Error::custom(message::TOO_MANY_PERMISSIONS).with_span(&span));
    }
    let mut at = 0;
    for permission in &mut permissions {
        permission.number(&mut at);
    }
    faults.finish_with(Permissions(permissions))
}

impl Permission {
    /// Gives each leaf its own alias.
    fn number(&mut self, at: &mut usize) {
        match self {
            Self::Leaf { alias, .. } => {
                *alias = quote::format_ident!("__Permission{at}", span = alias.span());
                *at += 1;
            }
            Self::And(a, b) | Self::Or(a, b) => {
                a.number(at);
                b.number(at);
            }
            Self::Not(a) => a.number(at),
        }
    }
}
