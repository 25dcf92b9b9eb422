//! Every fault of a declaration is reported, and none hides another.

use proc_macro2::{TokenStream, TokenTree};

use super::{expand, tokens};
use crate::message;

/// Returns the texts of the `compile_error!`s, in order.
pub(super) fn faults(expansion: TokenStream) -> Vec<String> {
    let mut texts = Vec::new();
    let mut after_error = false;
    for token in expansion {
        match token {
            TokenTree::Ident(ident) => after_error = ident == "compile_error" || after_error && ident == "macro",
            TokenTree::Group(group) if after_error => {
                let literal: syn::LitStr = syn::parse2(group.stream()).expect("the text of a compile_error");
                texts.push(literal.value());
                after_error = false;
            }
            TokenTree::Group(group) => texts.extend(faults(group.stream())),
            _ => {}
        }
    }
    texts
}

#[test]
fn all_faults_of_a_handler_are_reported_together() {
    let expansion = expand(
        "Token(keyword), challanges = all, Token(keyword = \"a\", keyword = \"b\")",
        "fn me(&self, #[user] a: &Account, #[user] b: Account) {}",
    );
    let faults = faults(expansion);
    for expected in [
        message::NOT_ASYNC,
        message::SELF_ARGUMENT,
        message::REFERENCE,
        message::OPTION_SYNTAX,
        &message::second_mark("user"),
        &message::second_option("keyword"),
        "Unknown field: `challanges`. Did you mean `challenges`?",
    ] {
        assert!(faults.iter().any(|fault| fault == expected), "{expected}\nis missing in {faults:#?}");
    }
    assert_eq!(faults.len(), 7, "{faults:#?}");
}

#[test]
fn a_syntax_fault_is_not_followed_by_its_consequences() {
    assert_eq!(faults(expand("Token(keyword)", "async fn me() {}")), [message::OPTION_SYNTAX]);
    assert_eq!(faults(expand("Token", "#[permit(IsStaff && IsOwner)] async fn me() {}")), [message::PERMIT_DOUBLE]);
    let throttled = "#[permit(IsStaff)] #[throttle(scope = \"a\")] async fn me() {}";
    assert_eq!(faults(expand("Token", throttled)), [message::SCOPE_SYNTAX]);
}

#[test]
fn faulty_handler_is_returned_without_marks_and_serves_no_caller() {
    let expansion =
        expand("none", "#[inline] #[permit(A)] async fn me(#[user] me: Account, x: X) { body() }").to_string();
    assert!(expansion.contains("compile_error"), "{expansion}");
    let faulty = ":: auth_runtime :: __private :: Faulty";
    let handler = format!("# [inline] async fn me ({faulty} (me) : {faulty} < Account > , x : X) {{ body () }}");
    assert!(expansion.ends_with(&handler), "{expansion}");
}

#[test]
fn faults_of_a_derive_are_reported_together() {
    let expansion = crate::authenticator::expand(tokens(
        "#[authenticator(header = 5, cookie = \"a\", query = \"b\", heder = \"x\")] struct Key<T> { realm: T }",
    ));
    let faults = faults(expansion);
    for expected in [message::TEXT_VALUE, "Unknown field: `heder`. Did you mean `header`?"] {
        assert!(faults.iter().any(|fault| fault == expected), "{expected}\nis missing in {faults:#?}");
    }
    let expansion = crate::authenticator::expand(tokens(
        "#[authenticator(cookie = \"a\", query = \"b\", verify = f, user = U)] struct Key<T> { realm: T }",
    ));
    let faults = self::faults(expansion);
    assert_eq!(faults, [message::DERIVE_GENERICS, message::DERIVE_FIELD_DEFAULT, message::DERIVE_TWO_SOURCES]);
}

#[test]
fn faults_of_a_policy_are_reported_together() {
    let policy = |item: &str| faults(crate::policy::expand(tokens(item)));
    assert_eq!(
        policy("#[policy(permit(IsStaff))] struct Api<T> { realm: T }"),
        [message::POLICY_GENERICS, message::POLICY_FIELDS, message::POLICY_WITHOUT_CHAIN]
    );
    assert_eq!(policy("#[policy(chain(Token))] enum Api {}"), [message::POLICY_NOT_STRUCT]);
    assert_eq!(policy("#[policy(chain())] struct Api;"), [message::DERIVE_EMPTY_CHAIN]);
}

#[test]
fn a_chain_in_a_scheme_is_one_fault_and_still_a_policy() {
    let expansion = crate::authenticator::expand(tokens("#[authenticator(chain(Token), permit(IsStaff))] struct Api;"));
    assert!(expansion.to_string().contains(":: auth_runtime :: Policy < __S > for Api"), "{expansion}");
    assert_eq!(faults(expansion), [message::DERIVE_CHAIN]);
}

#[test]
fn faulty_declaration_has_impls_and_identifies_no_caller() {
    let scheme = "#[authenticator(header = \"X-Key\", verify = find, user = Partner, timeout = 5)] struct Key;";
    let scheme = crate::authenticator::expand(tokens(scheme));
    let text = scheme.to_string();
    assert_eq!(faults(scheme).len(), 1);
    for expected in ["type User = Partner", "Authenticator for Key", "Scheme < __S > for Key", "Outcome :: Skipped"] {
        assert!(text.contains(expected), "{expected} is missing in {text}");
    }
    assert!(!text.contains("Authenticated"), "{text}");
    let policy = crate::policy::expand(tokens("#[policy(chain(Token), timeout = 5)] struct Api;"));
    let text = policy.to_string();
    assert_eq!(faults(policy).len(), 1);
    assert!(text.contains("Policy < __S > for Api") && !text.contains("Ok ("), "{text}");
}

#[test]
fn a_scheme_by_hand_keeps_its_own_impl_where_its_declaration_cannot_work() {
    let expansion = crate::authenticator::expand(tokens("struct Key { #[authenticator(defalt = 1)] length: u8 }"));
    let text = expansion.to_string();
    assert!(text.contains("compile_error") && !text.contains("Scheme < __S >"), "{text}");
}

#[test]
fn none_cannot_be_combined_with_other_throttles() {
    let of = |throttles: &str| {
        let handler = format!("#[throttle({throttles})] async fn me(#[user] me: Account) {{}}");
        faults(expand("Token", &handler))
    };
    assert!(of("none").is_empty());
    assert_eq!(of("none, user = \"1/day\""), [message::THROTTLE_NONE]);
    assert_eq!(of("user = \"1/day\", none"), [message::THROTTLE_NONE]);
}
