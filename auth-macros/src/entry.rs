//! The entry points of the macros. They turn a panic into an error that keeps the item, so that an editor keeps working.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use darling::Error;
use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::authenticate;

/// Expands an attribute. After a panic, returns the item without our attributes, beside an error. This does not open a route,
/// since the result does not compile.
pub(crate) fn attribute(
    args: TokenStream,
    item: TokenStream,
    expand: impl FnOnce(TokenStream, TokenStream) -> TokenStream,
) -> TokenStream {
    let given = item.clone();
    catch_unwind(AssertUnwindSafe(|| expand(args, item))).unwrap_or_else(|panic| {
        let report = report(&*panic);
        let item = catch_unwind(AssertUnwindSafe(|| authenticate::without_marks(given.clone()))).unwrap_or(given);
        quote!(#report #item)
    })
}

/// Expands a derive. rustc keeps its item.
pub(crate) fn derive(item: TokenStream, expand: impl FnOnce(TokenStream) -> TokenStream) -> TokenStream {
    catch_unwind(AssertUnwindSafe(|| expand(item))).unwrap_or_else(|panic| report(&*panic))
}

/// Builds the error that asks for a report. It is not in `message.rs`, since no case shows it.
fn report(panic: &(dyn Any + Send)) -> TokenStream {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
    let message = format!(
        "the macro panicked, which is a bug of `auth-macros`: {text}; report it with this declaration at {}",
        env!("CARGO_PKG_REPOSITORY")
    );
    Error::custom(message).with_span(&Span::call_site()).write_errors()
}
