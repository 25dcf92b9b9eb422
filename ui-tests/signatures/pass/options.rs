use auth_runtime::authenticate;
use auth_runtime::store::KeyAlgorithm;
use auth_signatures::http_signature::StructuredField;
use auth_signatures::{CavageSignature, Hawk, HawkBewit, HttpSignature};
use auth_store::Account;

const COVERED: &[&str] = &["@method", "@authority", "@path", "@query", "content-type"];

#[authenticate(HttpSignature(
    components = COVERED,
    unsigned_body = false,
    unsigned_content_type = true,
    max_age = 60,
    max_skew = 0,
    require_nonce = true,
    tag = Some("orders"),
    algorithms = &[KeyAlgorithm::Ed25519, KeyAlgorithm::EcdsaP256Sha256],
    realm = "partners",
    stream = true,
    structured_fields = &[StructuredField::dictionary("example-dict")],
))]
async fn message(#[user] me: Account) -> String {
    me.username
}

#[authenticate(
    Hawk(max_skew = 3600, unsigned_body = true, body_limit = 64 * 1024, sha1 = true),
    HawkBewit(max_lifetime = 3600, sha1 = true),
    CavageSignature(headers = &["(request-target)", "host", "digest"], max_age = 30, max_skew = 0, signature_header = true),
)]
async fn whoever(#[user] me: Account) -> String {
    me.username
}

fn main() {}
