//! `#[authenticate(..)]` on a handler.

use proc_macro2::TokenStream;
use syn::ItemFn;

use crate::error::{fault, report};
use crate::message;

mod asserts;
mod attr;
mod check;
mod expand;
mod model;
mod witness;

pub(crate) use self::expand::Expansion;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let Ok(function) = parse_function(item.clone()) else {
        return report(fault(&item, message::NOT_A_FUNCTION), &item);
    };
    match handler(args, function, None) {
        Ok(Expansion { function, items }) => quote::quote!(#function #items),
        Err(faulty) => faulty,
    }
}

/// A function, whatever its body is: rustc says what is wrong in there, and an editor sees it while it is typed.
fn parse_function(item: TokenStream) -> syn::Result<ItemFn> {
    let mut tokens: Vec<_> = item.into_iter().collect();
    let mut body = TokenStream::new();
    if let Some(proc_macro2::TokenTree::Group(group)) = tokens.last_mut() {
        body = group.stream();
        let mut empty = proc_macro2::Group::new(group.delimiter(), TokenStream::new());
        empty.set_span(group.span());
        *group = empty;
    }
    let mut function: ItemFn = syn::parse2(tokens.into_iter().collect())?;
    function.block.stmts.push(syn::Stmt::Expr(syn::Expr::Verbatim(body), None));
    Ok(function)
}

/// The block that a method stands in.
pub(crate) struct Owner {
    /// Its type, in names.
    pub(crate) name: syn::Ident,
    /// What stands before the method in a path, where no parameters of the block are in it.
    pub(crate) before: Option<TokenStream>,
}

/// The rewritten handler and what goes beside it; or the faults, with the handler as an editor wants it.
pub(crate) fn handler(args: TokenStream, function: ItemFn, owner: Option<&Owner>) -> Result<Expansion, TokenStream> {
    let args = attr::Args::parse(args);
    let runtime = args.crate_path.clone().unwrap_or_else(crate::crate_path::default);
    let named = args.schemes.iter().map(|scheme| scheme.path.clone()).collect::<Vec<_>>();
    check::check(args, function.clone(), owner).map(model::Handler::expand).map_err(|faults| {
        // So that rustc does not call the imports of the schemes unused.
        let can_stand_beside = owner.is_none() && function.sig.receiver().is_none() && !named.is_empty();
        let named =
            can_stand_beside.then(|| quote::quote!(const _: () = { #[allow(dead_code)] fn named(#(_: #named),*) {} };));
        let function = check::without_marks(function, &runtime);
        report(faults, &quote::quote!(#function #named))
    })
}
