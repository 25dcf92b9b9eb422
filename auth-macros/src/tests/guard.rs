//! The guard of a handler stays, whatever attributes its arguments have.

use quote::ToTokens;
use syn::{FnArg, Item, ItemFn};

use super::{expand, tokens};

/// Attributes that an argument may have: lints, ones that can remove it, and unknown ones.
const ATTRIBUTES: [&str; 16] = [
    "#[allow(unused_variables)]",
    "#[expect(unused_variables, reason = \"a test\")]",
    "#[warn(unused)]",
    "#[deny(unused)]",
    "#[forbid(unused)]",
    "#[cfg(any())]",
    "#[cfg(all())]",
    "#[cfg(feature = \"metrics\")]",
    "#[cfg(false)]",
    "#[cfg_attr(all(), cfg(any()))]",
    "#[cfg_attr(all(), cfg_attr(all(), cfg(any())))]",
    "#[cfg_attr(any(), allow(unused))]",
    "#[cfg_attr(true, allow(unused), cfg(any()))]",
    "#[schema(skip)]",
    "#[my::allow(unused)]",
    "#[remove_me]",
];

/// Attributes that are tried in pairs: one of each kind.
const KINDS: [usize; 6] = [0, 2, 5, 10, 13, 14];

/// Returns no attribute, each of them, and each pair of kinds.
fn lists() -> Vec<String> {
    let kinds = KINDS.map(|at| ATTRIBUTES[at]);
    let pairs = kinds.iter().flat_map(|a| kinds.iter().map(move |b| format!("{a} {b}")));
    std::iter::once(String::new()).chain(ATTRIBUTES.iter().map(ToString::to_string)).chain(pairs).collect()
}

fn is_lint(attribute: &syn::Attribute) -> bool {
    ["allow", "expect", "warn", "deny", "forbid"].iter().any(|lint| attribute.path().is_ident(lint))
}

fn handler(expansion: proc_macro2::TokenStream) -> ItemFn {
    let file: syn::File = syn::parse2(expansion).expect("what is emitted is a file of Rust");
    let functions = file.items.into_iter().filter_map(|item| if let Item::Fn(it) = item { Some(it) } else { None });
    functions.into_iter().next().expect("the handler")
}

/// Returns the first argument that is left if each attribute that is not a lint removes its argument.
fn first_that_must_stay(function: &ItemFn) -> Option<&syn::PatType> {
    let arguments = function.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(argument) => Some(argument),
        FnArg::Receiver(_) => None,
    });
    arguments.into_iter().find(|argument| argument.attrs.iter().all(is_lint))
}

fn is_guard(argument: &syn::PatType, policy: &str) -> bool {
    let ty = argument.ty.to_token_stream().to_string().replace(' ', "");
    (ty.starts_with("::auth_runtime::Guarded<") || ty.starts_with("::auth_runtime::Auth<")) && ty.contains(policy)
}

#[test]
fn no_attribute_of_an_argument_can_take_the_guard_away() {
    for first in lists() {
        for chain in ["Token", "none", "policy = Api", ""] {
            for others in
                ["", ", second: Second", ", #[cfg(any())] second: Second", ", #[allow(unused)] second: Second"]
            {
                let item = format!("#[permit(IsStaff)] async fn list({first} State(app): State<App>{others}) {{}}");
                let function = handler(expand(chain, &item));
                let guard = first_that_must_stay(&function).unwrap_or_else(|| panic!("{item} has no guard left"));
                assert!(is_guard(guard, "__auth_list"), "{item} is open");
                assert!(std::ptr::eq(guard, first_argument(&function)), "{item}: an argument stands before the guard");
            }
        }
    }
}

fn first_argument(function: &ItemFn) -> &syn::PatType {
    match function.sig.inputs.first() {
        Some(FnArg::Typed(argument)) => argument,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_argument_keeps_its_attributes_where_the_guard_goes_in_front_of_it() {
    let item =
        "#[permit(IsStaff)] async fn list(#[cfg(feature = \"metrics\")] #[allow(unused)] State(m): State<App>) {}";
    let function = handler(expand("Token", item));
    assert_eq!(function.sig.inputs.len(), 2);
    let kept = function.sig.inputs[1].to_token_stream().to_string();
    assert_eq!(kept, "# [cfg (feature = \"metrics\")] # [allow (unused)] State (m) : State < App >");
}

#[test]
fn other_attributes_of_a_marked_argument_are_lints_or_faults() {
    for attributes in lists() {
        for (mark, ty) in [("user", "Account"), ("auth", "AccessToken")] {
            let item = format!("#[permit(IsStaff)] async fn list(first: First, {attributes} #[{mark}] who: {ty}) {{}}");
            let expansion = expand("Token", &item);
            let is_faulty = expansion.to_string().contains("compile_error");
            let all_lints = attributes.is_empty()
                || attributes.split("#[").skip(1).all(|attribute| {
                    ["allow(", "expect(", "warn(", "deny(", "forbid("].iter().any(|lint| attribute.starts_with(lint))
                });
            assert_eq!(is_faulty, !all_lints, "{item}");
            if !is_faulty {
                let function = handler(expansion);
                assert!(is_guard(first_argument(&function), "__auth_list"), "{item}");
                assert_eq!(first_argument(&function).attrs.len(), attributes.matches("#[").count(), "{item}");
            }
        }
    }
}

#[test]
fn only_a_form_that_is_always_there_verifies_the_csrf_token() {
    for attributes in lists() {
        let item = format!("async fn save(#[user] me: Account, {attributes} form: CsrfForm<New>) {{}}");
        let expansion = expand("Session", &item).to_string();
        let all_lints = syn::parse_str::<ItemFn>(&format!("fn f({attributes} x: X) {{}}"))
            .is_ok_and(|function| first_argument(&function).attrs.iter().all(is_lint));
        let verifies = expansion.contains("VERIFIES_CSRF_FORM : bool = true");
        assert_eq!(verifies, all_lints, "{item}");
    }
}

#[test]
fn every_handler_that_can_be_named_has_a_witness() {
    for (item, has_one) in [
        ("async fn list(a: A) {}", true),
        ("async fn list(#[cfg(any())] a: A, b: B) {}", true),
        ("async fn list() {}", true),
        ("async fn list<T: Trait>(a: T) {}", false),
        ("async fn list(a: impl Trait) {}", false),
        ("async fn list(a: Vec<Box<impl Trait>>) {}", false),
        ("async fn list(a: any!()) {}", false),
    ] {
        let expansion = expand("Token", &format!("#[permit(IsStaff)] {item}")).to_string();
        assert_eq!(expansion.contains("assert_guarded"), has_one, "{item}");
    }
    let block = |head: &str| {
        let block = format!("{head} {{ #[authenticate(Token)] #[permit(IsStaff)] async fn list() {{}} }}");
        crate::handlers::expand(tokens(""), tokens(&block)).to_string()
    };
    assert!(block("impl Notes").contains("& < Notes > :: list"));
    assert!(block("impl Listing for Notes").contains("& < Notes as Listing > :: list"));
    assert!(!block("impl<T> Notes<T>").contains("assert_guarded"));
}

#[test]
fn generated_items_exist_if_and_only_if_the_handler_does() {
    let attributes =
        "#[permit(IsStaff)] #[inline] #[cfg(unix)] #[cfg_attr(all(), inline, cfg(unix), cfg_attr(all(), cfg(test)))]
                      #[cfg_attr(all(), inline)]";
    let expansion = expand("Token", &format!("{attributes} async fn list() {{}}"));
    let file: syn::File = syn::parse2(expansion).expect("what is emitted is a file of Rust");
    let wanted = "# [cfg (unix)] # [cfg_attr (all () , cfg (unix) , cfg_attr (all () , cfg (test)))]";
    for item in file.items.iter().filter(|item| !matches!(item, Item::Fn(_))) {
        let text = item.to_token_stream().to_string();
        assert!(text.starts_with(wanted), "{text}");
        assert!(!text.contains("inline"), "{text}");
    }
}
