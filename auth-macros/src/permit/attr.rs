//! Reads permissions: `IsStaff | IsOwner & !IsBanned`.

use darling::{Error, Result};
use proc_macro2::TokenStream;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, Ident, Path, UnOp};

use super::model::Permission;
use crate::error::fault;
use crate::message;
use crate::tokens::{parse_punctuated, split};

/// The content of the parentheses, as far as it could be read.
pub(super) struct Args {
    pub(super) permissions: Vec<Permission>,
    pub(super) is_empty: bool,
    pub(super) faults: Vec<Error>,
}

impl Args {
    pub(super) fn parse(tokens: TokenStream) -> Self {
        let mut args = Self { permissions: Vec::new(), is_empty: tokens.is_empty(), faults: Vec::new() };
        for part in split(tokens) {
            match Permission::parse(part) {
                Ok(permission) => args.permissions.push(permission),
                Err(fault) => args.faults.push(fault),
            }
        }
        args
    }
}

impl Permission {
    fn parse(tokens: TokenStream) -> Result<Self> {
        let span = tokens.span();
        let syntax = || Error::custom(message::PERMISSION_SYNTAX).with_span(&span);
        match parse_punctuated::<Expr>(tokens).map_err(|_| syntax())?.as_slice() {
            [expr] => Self::of(expr),
            _ => Err(syntax()),
        }
    }

    fn of(expr: &Expr) -> Result<Self> {
        let both = |left: &Expr, right: &Expr| {
            let mut faults = Error::accumulator();
            let left = faults.handle(Self::of(left));
            let right = faults.handle(Self::of(right));
            faults.finish()?;
            left.zip(right).ok_or_else(|| fault(expr, message::PERMISSION_SYNTAX))
        };
        match expr {
            Expr::Binary(binary) => match binary.op {
                BinOp::BitAnd(_) => both(&binary.left, &binary.right).map(|(a, b)| Self::And(a.into(), b.into())),
                BinOp::BitOr(_) => both(&binary.left, &binary.right).map(|(a, b)| Self::Or(a.into(), b.into())),
                BinOp::And(_) | BinOp::Or(_) => Err(fault(&binary.op, message::PERMIT_DOUBLE)),
                _ => Err(fault(&binary.op, message::PERMISSION_SYNTAX)),
            },
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
                Self::of(&unary.expr).map(|a| Self::Not(a.into()))
            }
            Expr::Assign(assign) => Err(fault(&assign.left, message::PERMIT_OPTION)),
            Expr::Array(list) => Err(fault(list, message::PERMIT_ALL)),
            Expr::Paren(paren) => Self::of(&paren.expr),
            Expr::Group(group) => Self::of(&group.expr),
            Expr::Path(path) if path.qself.is_none() => Ok(Self::leaf(&path.path, Vec::new())),
            Expr::Call(call) => {
                let Expr::Path(path) = &*call.func else { return Err(fault(expr, message::PERMISSION_SYNTAX)) };
                if let Some(word) = path.path.get_ident()
                    && let Some(message) = misplaced_word(word)
                {
                    return Err(fault(word, message));
                }
                let fields = call.args.iter().map(field).collect::<Result<_>>()?;
                Ok(Self::leaf(&path.path, fields))
            }
            _ => Err(fault(expr, message::PERMISSION_SYNTAX)),
        }
    }

    fn leaf(path: &Path, fields: Vec<(Ident, Expr)>) -> Self {
        Self::Leaf { alias: Ident::new("__Permission", path.span()), path: path.clone(), fields }
    }
}

/// Returns the message for a word that is not the name of a permission.
fn misplaced_word(word: &Ident) -> Option<&'static str> {
    match word.to_string().as_str() {
        "any" => Some(message::PERMIT_ANY),
        "all" => Some(message::PERMIT_ALL),
        "not" => Some(message::PERMIT_NOT),
        "throttle" => Some(message::THROTTLE_AMONG_PERMISSIONS),
        _ => None,
    }
}

/// Parses `key = value` of `HasPermission(codename = "blog.change_note")`.
fn field(argument: &Expr) -> Result<(Ident, Expr)> {
    if let Expr::Assign(assign) = argument
        && let Expr::Path(key) = &*assign.left
        && let Some(key) = key.path.get_ident()
    {
        return Ok((key.clone(), (*assign.right).clone()));
    }
    Err(fault(argument, message::PERMISSION_SYNTAX))
}
