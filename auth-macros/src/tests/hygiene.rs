//! Generated code is among the user's names, and these must not change its meaning.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use syn::visit::Visit;

use super::{expand, tokens};

/// Collects the paths that begin with a crate.
#[derive(Default)]
struct Crates {
    absolute: BTreeSet<String>,
    relative: BTreeSet<String>,
}

impl Visit<'_> for Crates {
    fn visit_path(&mut self, path: &syn::Path) {
        if let Some(first) = path.segments.first() {
            let name = first.ident.to_string();
            if path.leading_colon.is_some() {
                self.absolute.insert(name);
            } else {
                self.relative.insert(name);
            }
        }
        syn::visit::visit_path(self, path);
    }
}

fn crates(expansion: TokenStream) -> Crates {
    let file = syn::parse2(expansion).expect("what is emitted is a file of Rust");
    let mut crates = Crates::default();
    crates.visit_file(&file);
    crates
}

fn expansions(args: &str, derive: &str) -> [TokenStream; 5] {
    let with =
        |schemes: &str| [schemes, args].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
    let item =
        "#[permit(IsStaff & Other)] #[throttle(user = RATE, client = RATE, scope(name = S, rate = RATE), Own(a = 1))]
         async fn me(#[user] me: Account, #[auth] token: AccessToken, s: State<App>) {}";
    [
        expand(&with("Token(keyword = \"x\"), Session"), item),
        expand(&with("policy = Api"), item),
        expand(&with("none"), "#[permit(IsStaff)] async fn me() {}"),
        crate::authenticator::expand(tokens(&format!(
            "#[authenticator({derive} query = \"k\", verify = find, user = U, challenge = \"c\")] struct Key;"
        ))),
        crate::policy::expand(tokens(&format!(
            "#[policy({derive} chain(Token, Session), permit(IsStaff), throttle(client = RATE, Own))] struct Api;"
        ))),
    ]
}

#[test]
fn crates_are_named_from_the_root_and_nothing_of_the_prelude_by_its_short_name() {
    for expansion in expansions("", "") {
        let text = expansion.to_string();
        let Crates { absolute, relative } = crates(expansion);
        assert!(absolute.iter().all(|name| ["auth_runtime", "core"].contains(&name.as_str())), "{absolute:?}");
        for short in ["Option", "Some", "None", "Result", "Ok", "Err", "core", "std", "auth_runtime"] {
            assert!(!relative.contains(short), "{short} in {text}");
        }
    }
}

#[test]
fn another_path_of_the_crate_leaves_no_trace_of_the_default() {
    for expansion in expansions("crate = crate::vendored::auth", "crate = crate::vendored::auth,") {
        let text = expansion.to_string();
        assert!(text.contains("crate :: vendored :: auth"), "{text}");
        assert!(!text.contains("auth_runtime"), "{text}");
    }
}

#[test]
fn generated_names_cannot_be_seen_or_shadowed() {
    for expansion in expansions("", "") {
        let file: syn::File = syn::parse2(expansion).expect("what is emitted is a file of Rust");
        for item in file.items {
            let name = match item {
                syn::Item::Enum(item) => item.ident.to_string(),
                syn::Item::Struct(item) => item.ident.to_string(),
                syn::Item::Const(item) => item.ident.to_string(),
                syn::Item::Fn(_) | syn::Item::Impl(_) => continue,
                other => panic!("{other:?} is visible to the user"),
            };
            assert!(name == "_" || name.starts_with("__auth_"), "{name} is visible to the user");
        }
    }
}
