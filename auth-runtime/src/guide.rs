#![doc = include_str!("../docs/guide/mod.md")]

/// Gives each page its module.
macro_rules! pages {
    ($($page:ident $file:literal),+ $(,)?) => {$(
        #[doc = include_str!(concat!("../docs/guide/", $file))]
        pub mod $page {}
    )+};
}

pages! {
    audit "audit.md",
    behind_a_proxy "behind_a_proxy.md",
    choosing_schemes "choosing_schemes.md",
    defaults "defaults.md",
    deviations "deviations.md",
    errors "errors.md",
    interop "interop.md",
    keywords "keywords.md",
    logins_and_tokens "logins_and_tokens.md",
    moving "moving.md",
    observability "observability.md",
    openapi "openapi.md",
    own_users "own_users.md",
    permissions "permissions.md",
    testing "testing.md",
    throttling "throttling.md",
    writing_a_scheme "writing_a_scheme.md",
}

#[doc = include_str!("../docs/guide/speed.md")]
#[allow(clippy::doc_markdown)] // its tables are made by `benches`
pub mod speed {}
