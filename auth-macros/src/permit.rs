//! `#[permit(..)]`: permissions as the user writes them, `IsStaff | IsOwner & !IsBanned`.

use darling::{Error, Result};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, BinOp, Expr, Path, UnOp};

use crate::chain::{parse_punctuated, respanned, split, text};
use crate::error::{fault, report};
use crate::message;

/// A list of permissions, all of which must hold.
pub(crate) struct Permissions(Vec<Permission>);

enum Permission {
    Leaf { alias: syn::Ident, path: Path, fields: Vec<(syn::Ident, Expr)> },
    And(Box<Permission>, Box<Permission>),
    Or(Box<Permission>, Box<Permission>),
    Not(Box<Permission>),
}

impl Permissions {
    /// Reads the arguments of `#[permit(..)]`. `span` is where to say that there are none.
    pub(crate) fn parse(tokens: TokenStream, span: Span) -> Result<Self> {
        if tokens.is_empty() {
            return Err(Error::custom(message::EMPTY_PERMIT).with_span(&span));
        }
        let mut faults = Error::accumulator();
        let list: Vec<_> =
            split(tokens).into_iter().filter_map(|part| faults.handle(Permission::parse(part))).collect();
        if list.len() > 8 {
            faults.push(Error::custom(message::TOO_MANY_PERMISSIONS).with_span(&span));
        }
        faults.finish_with(Self(list).number())
    }

    /// Reads the attribute.
    pub(crate) fn of_attribute(attribute: &Attribute) -> Result<Self> {
        let tokens = match &attribute.meta {
            syn::Meta::List(list) => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        Self::parse(tokens, attribute.path().span())
    }

    /// The permissions as the user wrote them.
    pub(crate) fn text(&self) -> String {
        self.0.iter().map(Permission::text).collect::<Vec<_>>().join(", ")
    }

    /// The type of the permission.
    pub(crate) fn ty(&self, runtime: &Path) -> TokenStream {
        let types = self.0.iter().map(|permission| permission.ty(runtime));
        match self.0.as_slice() {
            [_] => quote!(#(#types)*),
            _ => quote!((#(#types,)*)),
        }
    }

    /// Its value.
    pub(crate) fn value(&self, runtime: &Path) -> TokenStream {
        let values = self.0.iter().map(|permission| permission.value(runtime));
        match self.0.as_slice() {
            [_] => quote!(#(#values)*),
            _ => quote!((#(#values,)*)),
        }
    }

    /// A name for each permission that the user named, so that a typing error in it is one fault.
    pub(crate) fn aliases(&self) -> TokenStream {
        let aliases =
            self.each_leaf().into_iter().map(|(alias, path)| quote_spanned!(path.span()=> type #alias = #path;));
        aliases.collect()
    }

    /// The permissions that the user named, by their aliases.
    pub(crate) fn leaves(&self) -> Vec<&syn::Ident> {
        self.each_leaf().into_iter().map(|(alias, _)| alias).collect()
    }

    /// What the value needs in scope, where fields of a permission are given.
    pub(crate) fn imports(&self, runtime: &Path) -> Option<TokenStream> {
        self.0.iter().any(Permission::has_fields).then(|| {
            quote! {
                #[allow(unused_imports)]
                use #runtime::__private::NoRules as _;
            }
        })
    }

    fn each_leaf(&self) -> Vec<(&syn::Ident, &Path)> {
        let mut leaves = Vec::new();
        for permission in &self.0 {
            permission.collect_leaves(&mut leaves);
        }
        leaves
    }

    fn number(mut self) -> Self {
        let mut at = 0;
        for permission in &mut self.0 {
            permission.number(&mut at);
        }
        self
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
            Expr::Paren(paren) => Self::of(&paren.expr),
            Expr::Group(group) => Self::of(&group.expr),
            Expr::Path(path) if path.qself.is_none() => Ok(Self::leaf(&path.path, Vec::new())),
            Expr::Call(call) => {
                let Expr::Path(path) = &*call.func else { return Err(fault(expr, message::PERMISSION_SYNTAX)) };
                let fields = call.args.iter().map(field).collect::<Result<_>>()?;
                Ok(Self::leaf(&path.path, fields))
            }
            _ => Err(fault(expr, message::PERMISSION_SYNTAX)),
        }
    }

    fn leaf(path: &Path, fields: Vec<(syn::Ident, Expr)>) -> Self {
        Self::Leaf { alias: syn::Ident::new("__Permission", path.span()), path: path.clone(), fields }
    }

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

    fn ty(&self, runtime: &Path) -> TokenStream {
        match self {
            Self::Leaf { alias, .. } => alias.to_token_stream(),
            Self::And(a, b) => {
                let (a, b) = (a.ty(runtime), b.ty(runtime));
                quote!(#runtime::permission::And<#a, #b>)
            }
            Self::Or(a, b) => {
                let (a, b) = (a.ty(runtime), b.ty(runtime));
                quote!(#runtime::permission::Or<#a, #b>)
            }
            Self::Not(a) => {
                let a = a.ty(runtime);
                quote!(#runtime::permission::Not<#a>)
            }
        }
    }

    fn value(&self, runtime: &Path) -> TokenStream {
        match self {
            Self::Leaf { alias, fields, .. } if fields.is_empty() => quote_spanned!(alias.span()=> #alias {}),
            Self::Leaf { alias, fields, .. } => {
                let fields = fields.iter().map(|(key, value)| quote!(#key: #value));
                // All on the user's token, where a rule that does not hold is reported.
                let rules = respanned(quote!(#runtime::__private::Options::<#alias>::RULES), alias.span());
                quote_spanned!(alias.span()=> #rules.declare(#alias { #(#fields),* }))
            }
            Self::And(a, b) => {
                let (a, b) = (a.value(runtime), b.value(runtime));
                quote!(#runtime::permission::And(#a, #b))
            }
            Self::Or(a, b) => {
                let (a, b) = (a.value(runtime), b.value(runtime));
                quote!(#runtime::permission::Or(#a, #b))
            }
            Self::Not(a) => {
                let a = a.value(runtime);
                quote!(#runtime::permission::Not(#a))
            }
        }
    }

    fn has_fields(&self) -> bool {
        match self {
            Self::Leaf { fields, .. } => !fields.is_empty(),
            Self::And(a, b) | Self::Or(a, b) => a.has_fields() || b.has_fields(),
            Self::Not(a) => a.has_fields(),
        }
    }

    fn collect_leaves<'a>(&'a self, leaves: &mut Vec<(&'a syn::Ident, &'a Path)>) {
        match self {
            Self::Leaf { alias, path, .. } => leaves.push((alias, path)),
            Self::And(a, b) | Self::Or(a, b) => {
                a.collect_leaves(leaves);
                b.collect_leaves(leaves);
            }
            Self::Not(a) => a.collect_leaves(leaves),
        }
    }
}

/// `key = value` of `HasScope(scope = "read")`.
fn field(argument: &Expr) -> Result<(syn::Ident, Expr)> {
    if let Expr::Assign(assign) = argument
        && let Expr::Path(key) = &*assign.left
        && let Some(key) = key.path.get_ident()
    {
        return Ok((key.clone(), (*assign.right).clone()));
    }
    Err(fault(argument, message::PERMISSION_SYNTAX))
}

/// `#[permit]` by itself: `#[authenticate]` takes it away where it stands in the right place, so here it does not.
pub(crate) fn expand_alone(args: TokenStream, item: TokenStream) -> TokenStream {
    let Ok(mut function) = syn::parse2::<syn::ItemFn>(item.clone()) else {
        return report(fault(&item, message::ALONE_PERMIT), &item);
    };
    let Some(below) = function.attrs.iter().find(|attribute| is_named(attribute, "authenticate")) else {
        return report(fault(&function.sig.ident, message::ALONE_PERMIT), &item);
    };
    let fault = fault(below.path(), message::PERMIT_ABOVE);
    // Where it belongs, so that `#[authenticate]` has nothing to add.
    if !function.attrs.iter().any(|attribute| is_named(attribute, "permit")) {
        function.attrs.push(syn::parse_quote!(#[permit(#args)]));
    }
    report(fault, &function)
}

/// Whether the attribute is ours: `#[name]`, or with the path of this crate. Others may have one of that name.
pub(crate) fn is_named(attribute: &Attribute, name: &str) -> bool {
    let path = attribute.path();
    let mut from_last = path.segments.iter().rev();
    from_last.next().is_some_and(|last| last.ident == name)
        && from_last.next().is_none_or(|before| before.ident == "auth_runtime")
}
