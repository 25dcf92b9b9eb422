//! `auth keys`.

use std::fs;

use auth_keys::{RootSecret, SealingKey, SigningKey, key_from_jwk, thumbprint};
use auth_runtime::store::{KeyAlgorithm, KeyRecord, KeyStore as _};
use auth_store::Account;
use serde_json::{Value, json};

use crate::support::{Bench, Run};

const ONE: &str = "0101010101010101010101010101010101010101010101010101010101010101";
const TWO: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

fn run_sealed(bench: &Bench, sealing: &str, arguments: &[&str]) -> Run {
    Run::of(&bench.command(arguments).env("AUTH_SEALING_KEY", sealing).output().unwrap())
}

async fn find(bench: &Bench, id: &str) -> Option<KeyRecord<Account>> {
    let store = bench.store().await.with_sealing_key(ONE.parse::<SealingKey>().unwrap());
    let found = store.find_key(id).await.unwrap();
    store.close().await;
    found
}

fn bench(name: &str) -> Bench {
    let bench = Bench::new(name);
    bench.user("ada");
    bench
}

/// A file with this text in it.
fn file(bench: &Bench, name: &str, text: &str) -> String {
    let path = bench.path(name);
    fs::write(&path, text).unwrap();
    path
}

const SPKI: &str = "-----BEGIN PUBLIC KEY-----\n\
     MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n\
     -----END PUBLIC KEY-----\n";

#[tokio::test]
async fn a_private_key_stands_alone_on_the_standard_output() {
    let bench = bench("keys-create");
    let run = bench.run(&["keys", "create", "ada", "--label", "billing", "--expires", "90d"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let signing = SigningKey::from_jwk(&run.out, None).unwrap();
    assert_eq!((signing.algorithm(), run.out.lines().count()), (KeyAlgorithm::Ed25519, 1));
    assert_eq!(signing.id(), thumbprint(&signing.verifying_key()).unwrap());
    assert!(run.err.starts_with(&format!("This is key `{}` of ada, for ed25519. It ends at 20", signing.id())));
    let private: Value = serde_json::from_str(&run.out).unwrap();
    assert!(run.err.contains("not shown again") && !run.err.contains(private["d"].as_str().unwrap()));
    let found = find(&bench, signing.id()).await.unwrap();
    assert_eq!((found.user.username.as_str(), found.key.material()), ("ada", signing.verifying_key().material()));
    assert!(found.key.expires().is_some());
}

#[cfg(unix)]
#[tokio::test]
async fn a_private_key_is_written_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let bench = bench("keys-private-out");
    let path = bench.path("ada.jwk");
    let create = ["keys", "create", "ada", "--id", "k", "--algorithm", "ecdsa-p256-sha256", "--private-out", &path];
    let run = bench.run(&create);
    assert_eq!((run.code, run.out.as_str()), (Some(0), ""), "{run:?}");
    assert!(run.err.contains("Its private key is in"), "{run:?}");
    let (text, mode) = (fs::read_to_string(&path).unwrap(), fs::metadata(&path).unwrap().permissions().mode());
    assert_eq!(mode & 0o777, 0o600);
    let signing = SigningKey::from_jwk(&text, None).unwrap();
    assert_eq!(signing.verifying_key().material(), find(&bench, "k").await.unwrap().key.material());

    assert!(bench.run(&create).failure(2).contains("name a file that is not there yet"));
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    let other = bench.path("other.jwk");
    let taken = bench.run(&["keys", "create", "ada", "--id", "k", "--private-out", &other]).failure(3);
    assert!(taken.contains("there is a key `k` already"), "{taken}");
    assert!(fs::metadata(&other).is_err(), "of a key that was not added nothing is left");
}

#[tokio::test]
async fn a_shared_secret_is_kept_sealed_or_not_at_all() {
    let bench = bench("keys-sealed");
    let create = ["keys", "create", "ada", "--algorithm", "hmac-sha256", "--id", "k"];
    let failure = bench.run(&create).failure(2);
    assert!(failure.contains("neither AUTH_ROOT_SECRET nor AUTH_SEALING_KEY is set"), "{failure}");
    for wrong in ["secret", &ONE[1..], &format!("{ONE},x")] {
        let failure = run_sealed(&bench, wrong, &create).failure(2);
        assert!(
            failure.contains("AUTH_SEALING_KEY: a sealing key is 32 bytes") && !failure.contains(wrong),
            "{failure}"
        );
    }
    let run = run_sealed(&bench, ONE, &create);
    let key = key_from_jwk(&run.out, None).unwrap();
    assert_eq!((key.id(), key.algorithm(), run.code), ("k", KeyAlgorithm::HmacSha256, Some(0)));
    assert_eq!(find(&bench, "k").await.unwrap().key.material(), key.material());
    assert!(!bench.bytes().windows(16).any(|window| window == &key.material()[..16]));

    let file = file(&bench, "secret.jwk", &run.out);
    let failure = run_sealed(&bench, ONE, &["keys", "add", "ada", "--shared-secret", &file]).failure(3);
    assert!(failure.contains("there is a key `k` already"), "{failure}");
    let added = run_sealed(&bench, ONE, &["keys", "add", "ada", "--shared-secret", &file, "--id", "l"]).text();
    assert_eq!(added, "This is key `l` of ada, for hmac-sha256. It never ends.\n");
    assert_eq!(find(&bench, "l").await.unwrap().key.material(), key.material());
    let random = run_sealed(&bench, ONE, &["keys", "create", "ada", "--algorithm", "hmac-sha512"]);
    assert_eq!(key_from_jwk(&random.out, None).unwrap().id().len(), 40);
}

#[tokio::test]
async fn the_sealing_key_is_changed() {
    let bench = bench("keys-reseal");
    run_sealed(&bench, TWO, &["keys", "create", "ada", "--algorithm", "hmac-sha256", "--id", "k"]);
    let failure = bench.run(&["keys", "reseal"]).failure(2);
    assert!(failure.contains("neither AUTH_ROOT_SECRET nor AUTH_SEALING_KEY is set"), "{failure}");
    assert!(run_sealed(&bench, ONE, &["keys", "reseal"]).failure(1).contains("no sealing key opens"));
    let both = format!("{ONE}, {TWO}");
    let text = run_sealed(&bench, &both, &["keys", "reseal"]).text();
    assert!(
        text.starts_with(
            "Shared secrets sealed again, by the first secret in AUTH_SEALING_KEY: 1. The other sealing keys"
        ),
        "{text}"
    );
    assert_eq!(
        run_sealed(&bench, ONE, &["--json", "keys", "reseal"]).json(),
        json!({ "resealed": 0, "sealed_by": "AUTH_SEALING_KEY" })
    );
    assert!(find(&bench, "k").await.is_some());
}

/// A run with these two secrets.
fn run_with_secrets(bench: &Bench, root: &str, sealing: Option<&str>, arguments: &[&str]) -> Run {
    let mut command = bench.command(arguments);
    command.env("AUTH_ROOT_SECRET", root);
    if let Some(sealing) = sealing {
        command.env("AUTH_SEALING_KEY", sealing);
    }
    Run::of(&command.output().unwrap())
}

#[test]
fn a_root_secret_stands_alone_and_needs_no_database() {
    let bench = Bench::new("keys-root");
    let run = |arguments: &[&str]| {
        let mut command = bench.command(arguments);
        // A bad secret in place does not keep a good one from being made.
        command.env_remove("AUTH_DATABASE").env("AUTH_ROOT_SECRET", "weak");
        Run::of(&command.output().unwrap())
    };
    let (one, other) = (run(&["keys", "root"]).text(), run(&["keys", "root"]).text());
    assert_ne!(one, other);
    for text in [&one, &other] {
        let text = text.strip_suffix('\n').unwrap();
        assert_eq!(*text.parse::<RootSecret>().unwrap().to_text(), text);
    }
    let json = run(&["keys", "root", "--json"]).json();
    assert!(json["root_secret"].as_str().unwrap().parse::<RootSecret>().is_ok());
    assert!(!std::path::Path::new(&bench.database).exists());
    // Every other command names what is missing.
    assert!(run(&["keys", "list"]).failure(2).contains("AUTH_DATABASE"));
}

#[tokio::test]
async fn the_root_secret_seals_before_a_sealing_key_and_both_open() {
    let bench = bench("keys-root-seals");
    let (root, other) = (RootSecret::generate().unwrap(), RootSecret::generate().unwrap());
    let text = root.to_text();
    let create = |id: &'static str| ["keys", "create", "ada", "--algorithm", "hmac-sha256", "--id", id];
    assert_eq!(run_sealed(&bench, ONE, &create("before")).code, Some(0));
    assert_eq!(run_with_secrets(&bench, &text, Some(ONE), &create("after")).code, Some(0));
    let opens = async |root: &RootSecret, id: &str| {
        let store = bench.store().await.with_sealing_keys(root.sealing_keys());
        let found = store.find_key(id).await;
        store.close().await;
        found.is_ok()
    };
    assert_eq!((opens(&root, "before").await, opens(&root, "after").await), (false, true));

    // What a sealing key sealed moves over to the root secret.
    let failure = run_with_secrets(&bench, &text, None, &["keys", "reseal"]).failure(1);
    assert!(failure.contains("`before`") && failure.contains("no sealing key opens"), "{failure}");
    let said = run_with_secrets(&bench, &text, Some(ONE), &["keys", "reseal"]).text();
    assert!(said.starts_with("Shared secrets sealed again, by the first secret in AUTH_ROOT_SECRET: 1."), "{said}");
    assert!(opens(&root, "before").await && opens(&root, "after").await);

    // And from one root secret to the next.
    let both = format!("{},{}", *other.to_text(), *text);
    let said = run_with_secrets(&bench, &both, None, &["--json", "keys", "reseal"]).json();
    assert_eq!(said, json!({ "resealed": 2, "sealed_by": "AUTH_ROOT_SECRET" }));
    assert!(opens(&other, "before").await && !opens(&root, "before").await);

    for weak in ["hunter2", &ONE[1..], ONE, &format!("{},", *text)] {
        let failure = run_with_secrets(&bench, weak, None, &create("weak")).failure(2);
        assert!(failure.starts_with("auth: AUTH_ROOT_SECRET: a root secret") && !failure.contains(weak), "{failure}");
    }
}

#[tokio::test]
async fn public_keys_are_added_from_pem_and_jwk() {
    let bench = bench("keys-add");
    let pem = file(&bench, "key.pem", SPKI);
    let failure = bench.run(&["keys", "add", "ada", "--public-key", &pem]).failure(2);
    assert!(failure.contains("give --algorithm"), "{failure}");
    bench.run(&["keys", "add", "ada", "--public-key", &pem, "--algorithm", "ed25519"]).text();
    let json = bench.json(&["keys", "list", "ada"]);
    let id = json["keys"][0]["id"].as_str().unwrap();
    let found = find(&bench, id).await.unwrap();
    assert_eq!(thumbprint(&found.key).unwrap(), id);

    // Whatever stands around a PEM, in whatever encoding.
    let commented = bench.path("commented.pem");
    let bag = b"Bag Attributes\n    friendlyName: M\xfcller\n";
    fs::write(&commented, [&bag[..], SPKI.as_bytes()].concat()).unwrap();
    let failure = bench.run(&["keys", "add", "ada", "--public-key", &commented, "--algorithm", "ed25519"]).failure(3);
    assert!(failure.contains(&format!("there is a key `{id}` already")), "{failure}");

    let signing = SigningKey::generate("from-jwk", KeyAlgorithm::EcdsaP384Sha384).unwrap();
    let jwk = file(&bench, "key.jwk", &signing.to_public_jwk().unwrap());
    let json = bench.json(&["keys", "add", "ada", "--public-key", &jwk, "--label", "theirs", "--expires", "1h"]);
    assert_eq!((&json["id"], &json["algorithm"]), (&json!("from-jwk"), &json!("ecdsa-p384-sha384")));
    assert_eq!(find(&bench, "from-jwk").await.unwrap().key.material(), signing.verifying_key().material());

    let secret = SigningKey::generate("s", KeyAlgorithm::HmacSha256).unwrap();
    for (name, text, algorithm, fault) in [
        ("private.jwk", signing.to_private_jwk().to_string(), None, "it contains the private key"),
        ("secret.jwk", secret.to_private_jwk().to_string(), None, "give it as --shared-secret"),
        ("wrong.pem", SPKI.to_owned(), Some("rsa-pss-sha512"), "not a public key for rsa-pss-sha512"),
        ("wrong.jwk", signing.to_public_jwk().unwrap(), Some("ed25519"), "`alg` says ecdsa-p384-sha384"),
        ("none.pem", "-".to_owned(), Some("ed25519"), "no PEM block"),
    ] {
        let path = file(&bench, name, &text);
        let mut arguments = vec!["keys", "add", "ada", "--public-key", &path];
        arguments.extend(algorithm.iter().flat_map(|algorithm| ["--algorithm", algorithm]));
        let failure = bench.run(&arguments).failure(2);
        assert!(failure.contains(fault) && failure.contains(name), "{failure}");
    }
    bench.run(&["keys", "add", "ada", "--public-key", &bench.path("nowhere")]).failure(2);
    bench.run(&["keys", "add", "ada"]).failure(2);
    bench.run(&["keys", "add", "eve", "--public-key", &jwk]).failure(3);
    assert_eq!(bench.json(&["keys", "list"])["keys"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn keys_are_listed_ended_and_removed() {
    let bench = bench("keys-rotation");
    bench.user("bob");
    assert_eq!(bench.run(&["keys", "list"]).text(), "There are no keys.\n");
    assert_eq!(bench.run(&["keys", "list", "bob"]).text(), "bob has no keys.\n");
    for (user, id) in [("ada", "old"), ("ada", "new"), ("bob", "bobs")] {
        assert_eq!(bench.run(&["keys", "create", user, "--id", id, "--label", "l"]).code, Some(0));
    }
    let ids = |arguments: &[&str]| -> Vec<String> {
        let table = bench.run(arguments).text();
        table.lines().skip(1).map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (ids(&["keys", "list"]).join(" "), ids(&["keys", "list", "ada"]).join(" ")),
        ("bobs new old".into(), "new old".into())
    );

    let text = bench.run(&["keys", "expire", "old", "--in", "7d"]).text();
    assert!(text.starts_with("The key `old` ends at 20"), "{text}");
    let entry = |bench: &Bench| bench.json(&["keys", "list", "ada"])["keys"][1].clone();
    assert_eq!((&entry(&bench)["id"], &entry(&bench)["has_expired"]), (&json!("old"), &json!(false)));
    assert_eq!(bench.run(&["keys", "expire", "old"]).text(), "The key `old` has ended.\n");
    assert_eq!(entry(&bench)["has_expired"], true);
    assert!(find(&bench, "new").await.unwrap().key.expires().is_none());

    assert_eq!(bench.run(&["keys", "remove", "old"]).text(), "The key `old` is deleted.\n");
    for command in ["remove", "expire"] {
        let failure = bench.run(&["keys", command, "old"]).failure(3);
        assert_eq!(failure, "auth: there is no key `old`; `auth keys list` shows all\n");
    }
    assert!(find(&bench, "old").await.is_none() && find(&bench, "bobs").await.is_some());
}

#[test]
fn what_is_no_key_is_made_for_nobody() {
    let bench = bench("keys-nothing");
    bench.run(&["keys", "create", "eve"]).failure(3);
    let failure = bench.run(&["keys", "create", "ada", "--algorithm", "rsa"]).failure(2);
    assert!(failure.contains("rsa-pss-sha512"), "{failure}");
    for id in ["", "two\nlines", &"k".repeat(256)] {
        bench.run(&["keys", "create", "ada", "--id", id]).failure(2);
    }
    assert_eq!(bench.json(&["keys", "list"])["keys"], json!([]));
    bench.run(&["users", "disable", "ada"]).text();
    let run = bench.run(&["keys", "create", "ada"]);
    assert!(run.code == Some(0) && run.err.contains("is refused until `auth users enable`"), "{run:?}");
}
