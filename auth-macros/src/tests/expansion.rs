//! The output of the macros, as files that a reader can compare. `BLESS=1 cargo test -p auth-macros` rewrites them.

use std::path::PathBuf;

use proc_macro2::TokenStream;

use super::{expand, tokens};

fn check(name: &str, expansion: TokenStream) {
    let file = syn::parse2(expansion).expect("what is emitted is a file of Rust");
    let text = prettyplease::unparse(&file);
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/tests/snapshots").join(name).with_extension("rs.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder of the snapshots");
        std::fs::write(&path, &text).expect("the snapshot");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(text == expected, "{} differs; BLESS=1 writes it anew. Now it is:\n{text}", path.display());
}

#[test]
fn a_handler() {
    check(
        "handler",
        expand(
            "Token(keyword = \"Bearer\"), Session",
            "#[permit(IsStaff | !IsBanned)]
             pub async fn me(#[user] me: Account, #[auth] token: Option<AccessToken>, State(app): State<App>) -> String {
                 me.username
             }",
        ),
    );
}

#[test]
fn a_handler_of_a_generic_policy() {
    check("generic", expand("policy = P", "async fn list<P: Policy<App>>(#[user] me: Account) {}"));
}

#[test]
fn a_handler_that_ignores_credentials() {
    check("none", expand("none, crate = crate::auth", "#[permit(AllowAny)] #[cfg(unix)] async fn open() {}"));
}

#[test]
fn a_handler_that_takes_no_caller() {
    check("guarded", expand("Token", "#[permit(IsStaff)] async fn list(State(app): State<App>, page: Query<Page>) {}"));
}

#[test]
fn a_throttled_handler() {
    let throttles =
        "user = \"1000/day\", client = RATE, scope(name = \"uploads\", rate = \"10/minute\"), Hours(from = 8)";
    check(
        "throttled",
        expand(
            "Token, Session",
            &format!("#[throttle({throttles})] async fn upload(#[user] me: Option<Account>) {{}}"),
        ),
    );
}

#[test]
fn a_scheme() {
    let item = "#[authenticator(header = \"X-Key\", verify = find, user = Partner, state = App, challenge = \"Key\")]
                struct Key { #[authenticator(default = 8)] shortest: usize }";
    check("scheme", crate::authenticator::expand(tokens(item)));
}

#[test]
fn a_named_policy() {
    let item = "#[policy(chain(Token, Session), permit(IsAuthenticated), challenges = all)] struct Api;";
    check("policy", crate::policy::expand(tokens(item)));
}
