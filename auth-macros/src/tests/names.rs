//! Our attributes by other paths and under other names.

use super::faults::faults;
use super::{expand, tokens};
use crate::message;

#[test]
fn an_attribute_is_ours_by_any_path() {
    for path in ["", "auth_runtime::", "::auth::", "crate::vendored::auth::", "self::"] {
        let item = format!("#[{path}permit(IsStaff)] #[{path}throttle(user = \"1/day\")] async fn list() {{}}");
        let expansion = expand("Token", &item).to_string();
        assert!(!expansion.contains("compile_error") && !expansion.contains("throttle (user"), "{expansion}");
        assert!(expansion.contains("= IsStaff ;"), "{expansion}");
    }
}

#[test]
fn an_attribute_under_another_name_is_an_error_and_the_handler_stays_guarded() {
    for (args, item) in [
        ("Token", "async fn list(#[user] me: Account) {}"),
        ("Token", "#[permit(IsStaff)] async fn list(State(app): State<App>) {}"),
        ("policy = Api", "#[permit(IsStaff)] async fn list() {}"),
        ("", "async fn list(#[auth] token: AccessToken, State(app): State<App>) {}"),
    ] {
        let guarded = expand(args, item);
        let mut file: syn::File = syn::parse2(guarded).expect("what is emitted is a file of Rust");
        let function = quote::ToTokens::to_token_stream(&file.items.remove(0));
        let after = crate::permit::expand(tokens("IsStaff"), function.clone());
        assert!(after.to_string().ends_with(&function.to_string()), "{after}");
        assert_eq!(faults(after), [message::PERMIT_RENAMED], "{item}");
        let after = crate::throttle::expand(tokens("user = \"1/day\""), function);
        assert_eq!(faults(after), [message::THROTTLE_RENAMED], "{item}");
    }
}

#[test]
fn an_attribute_under_another_name_says_nothing_of_a_handler_that_is_faulty() {
    let expansion = expand("Token", "#[may(IsStaff)] async fn list() {}");
    let file: syn::File = syn::parse2(expansion.clone()).expect("what is emitted is a file of Rust");
    assert_eq!(faults(expansion), [message::unread_caller_beside("may")]);
    let function = file.items.iter().find(|item| matches!(item, syn::Item::Fn(_))).expect("the handler");
    assert!(faults(crate::permit::expand(tokens("IsStaff"), quote::ToTokens::to_token_stream(function))).is_empty());
}

#[test]
fn attribute_inside_cfg_attr_is_an_error() {
    for hidden in
        ["permit(IsStaff)", "inline, auth::throttle(none)", "cfg_attr(all(), permit(IsStaff))", "authenticate(Basic)"]
    {
        let expansion =
            expand("Token", &format!("#[cfg_attr(unix, {hidden})] async fn list(#[user] me: Account) {{}}"));
        assert!(!expansion.to_string().contains("# [cfg_attr"), "{expansion}");
        assert_eq!(faults(expansion), [message::BY_CFG_ATTR], "{hidden}");
    }
}

#[test]
fn a_block_tells_a_method_whose_attribute_has_another_name() {
    let block =
        "impl Notes { #[authenticate(Token)] #[permit(A)] async fn a() {} #[logged_in(Token)] async fn b() {} }";
    let expansion = crate::handlers::expand(tokens(""), tokens(block));
    let file: syn::File = syn::parse2(expansion).expect("what is emitted is a file of Rust");
    let Some(syn::Item::Impl(block)) = file.items.first() else { panic!("a block") };
    let syn::ImplItem::Fn(method) = &block.items[1] else { panic!("a method") };
    let mut method = method.clone();
    method.attrs.remove(0);
    let expansion = expand("Token", &quote::ToTokens::to_token_stream(&method).to_string());
    assert_eq!(faults(expansion), [message::HANDLERS_RENAMED]);
}
