//! A panic in a macro is an error, and the item is still there.

use proc_macro2::TokenStream;

use super::faults::faults;
use super::tokens;
use crate::entry;

const ASKS: [&str; 2] = ["a rule that nobody thought of", "report it with this declaration at https://"];

fn panicking(_: TokenStream, _: TokenStream) -> TokenStream {
    panic!("a rule that nobody {} of", "thought")
}

fn of_attribute(item: &str) -> String {
    let expansion = entry::attribute(tokens("Token"), tokens(item), panicking);
    let messages = faults(expansion.clone());
    assert!(matches!(&*messages, [message] if ASKS.iter().all(|text| message.contains(text))), "{messages:?}");
    expansion.to_string()
}

#[test]
fn panic_keeps_the_handler_without_our_attributes() {
    let handler =
        of_attribute("#[inline] #[permit(IsStaff)] async fn list(#[user] me: Account, State(a): State<A>) { body() }");
    assert!(handler.contains("# [inline] async fn list ("), "{handler}");
    assert!(handler.ends_with("State (a) : State < A >) { body () }"), "{handler}");
    assert!(!handler.contains("permit") && !handler.contains("# [user]"), "{handler}");
}

#[test]
fn panic_keeps_blocks_and_other_items() {
    let block =
        of_attribute("impl Notes { const A: u8 = 1; #[authenticate(Token)] #[permit(IsStaff)] async fn list() {} }");
    assert!(block.ends_with("impl Notes { const A : u8 = 1 ; async fn list () { } }"), "{block}");
    assert!(of_attribute("struct Notes;").ends_with("struct Notes ;"));
    assert!(of_attribute("async fn half").ends_with("async fn half"), "even what is not parsed");
}

#[test]
fn a_panic_in_a_derive_is_an_error() {
    let messages = faults(entry::derive(tokens("struct Key;"), |_| panic!("a rule that nobody thought of")));
    assert!(matches!(&*messages, [message] if ASKS.iter().all(|text| message.contains(text))), "{messages:?}");
}

#[test]
fn without_a_panic_nothing_is_changed() {
    let expansion = entry::attribute(tokens("a"), tokens("fn b() {}"), |args, item| quote::quote!(#args #item));
    assert_eq!(expansion.to_string(), "a fn b () { }");
}
