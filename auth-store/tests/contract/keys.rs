//! The keys with which accounts sign.

use std::time::Duration;

#[cfg(any(feature = "sqlite", feature = "services"))]
use auth_keys::SealingKey;
use auth_runtime::store::{Keep, Key, KeyAlgorithm};
use auth_store::{Account, KeyInsertOutcome, NewSigningKey, SigningKeyStore};

use crate::given::{Contract, NOW, make, seconds};
use crate::races::at_once;

/// A store that keeps keys.
trait WithKeys: Contract + SigningKeyStore {}

impl<S: Contract + SigningKeyStore> WithKeys for S {}

const SECRET: &[u8] = b"a secret that is easy to be found";

fn key(id: &str, algorithm: KeyAlgorithm, material: &[u8]) -> NewSigningKey {
    NewSigningKey::new(Key::new(id, algorithm, material.to_vec().into(), None, None), NOW)
}

fn public(id: &str) -> NewSigningKey {
    key(id, KeyAlgorithm::Ed25519, id.as_bytes())
}

async fn add(store: &impl WithKeys, user: &Account, new: &NewSigningKey) {
    assert_eq!(store.add_key(user, new).await.unwrap(), KeyInsertOutcome::Added, "{new:?}");
}

/// Whose key it is.
async fn owner(store: &impl WithKeys, id: &str) -> Option<String> {
    store.find_key(id).await.unwrap().map(|record| record.user.username)
}

async fn ids(store: &impl WithKeys, user: Option<&Account>) -> Vec<String> {
    store.signing_keys(user).await.unwrap().into_iter().map(|entry| entry.id).collect()
}

async fn a_key_is_found_with_its_account_and_limits(store: impl WithKeys) {
    let ada = make(&store, "ada").await;
    let later = Some(NOW + Duration::from_millis(1));
    let longest = Some(Duration::from_millis(i64::MAX.unsigned_abs()));
    for algorithm in KeyAlgorithm::ALL {
        for (not_before, expires) in [(None, None), (Some(NOW), later), (None, longest)] {
            let id = format!("{algorithm} {expires:?} é 🔑");
            let material: Vec<u8> = (0..=255).collect();
            let key = Key::new(&id, algorithm, material.into(), not_before, expires);
            add(&store, &ada, &NewSigningKey::new(key.clone(), NOW)).await;
            let found = store.find_key(&id).await.unwrap().unwrap();
            assert_eq!((found.key.id(), found.key.algorithm()), (key.id(), algorithm));
            assert_eq!(found.key.material(), key.material());
            assert_eq!((found.key.not_before(), found.key.expires()), (not_before, expires));
            assert_eq!(found.user, ada);
        }
    }
}

async fn ids_are_exact(store: impl WithKeys) {
    let ada = make(&store, "ada").await;
    let longest = "k".repeat(255);
    for id in ["key", &longest, "%"] {
        add(&store, &ada, &public(id)).await;
    }
    for unknown in
        ["", "Key", "key ", "ke", "k%", "key\0", "\0", &"k".repeat(254), &"k".repeat(256), &"k".repeat(99_999)]
    {
        assert_eq!(owner(&store, unknown).await, None, "{unknown:?}");
        assert!(!store.expire_key(unknown, None).await.unwrap() && !store.remove_key(unknown).await.unwrap());
    }
    for bad in ["", "key\0", "two\nlines", &"k".repeat(256)] {
        assert!(store.add_key(&ada, &public(bad)).await.is_err(), "{bad:?}");
    }
    assert!(store.add_key(&ada, &public("label").with_label("a\0b")).await.is_err());
    assert_eq!(ids(&store, None).await, ["%", "key", &longest]);
}

async fn of_one_id_there_is_one_key(store: impl WithKeys) {
    let (ada, eve) = (make(&store, "ada").await, make(&store, "eve").await);
    add(&store, &ada, &public("key")).await;
    for user in [&ada, &eve] {
        let other = key("key", KeyAlgorithm::EcdsaP256Sha256, b"other");
        assert_eq!(store.add_key(user, &other).await.unwrap(), KeyInsertOutcome::IdTaken);
    }
    let found = store.find_key("key").await.unwrap().unwrap();
    assert_eq!((found.user, found.key.algorithm()), (ada, KeyAlgorithm::Ed25519));
    assert_eq!(ids(&store, Some(&eve)).await, [""; 0]);
}

async fn keys_are_listed_by_id(store: impl WithKeys) {
    let (ada, bob) = (make(&store, "ada").await, make(&store, "bob").await);
    let until = Key::new("B", KeyAlgorithm::HmacSha256, SECRET.to_vec().into(), Some(NOW), Some(NOW + seconds(9)));
    add(&store, &ada, &NewSigningKey::new(until, NOW + seconds(1)).with_label("é 🔑")).await;
    for (id, user) in [("a", &ada), ("A", &bob), ("b", &bob)] {
        add(&store, user, &public(id)).await;
    }
    assert_eq!(ids(&store, None).await, ["A", "B", "a", "b"]);
    assert_eq!(ids(&store, Some(&ada)).await, ["B", "a"]);
    let entries = store.signing_keys(Some(&ada)).await.unwrap();
    let entry = &entries[0];
    assert_eq!((entry.username.as_str(), entry.label.as_str()), ("ada", "é 🔑"));
    assert_eq!((entry.algorithm, entry.created), (KeyAlgorithm::HmacSha256, NOW + seconds(1)));
    assert_eq!((entry.not_before, entry.expires), (Some(NOW), Some(NOW + seconds(9))));
    assert_eq!((entries[1].label.as_str(), entries[1].not_before, entries[1].expires), ("", None, None));
}

async fn a_key_is_given_another_end_and_removed(store: impl WithKeys) {
    let ada = make(&store, "ada").await;
    add(&store, &ada, &key("old", KeyAlgorithm::HmacSha256, SECRET)).await;
    add(&store, &ada, &public("new")).await;
    for expires in [Some(NOW), Some(Duration::ZERO), None] {
        assert!(store.expire_key("old", expires).await.unwrap());
        let found = store.find_key("old").await.unwrap().unwrap().key;
        assert_eq!((found.expires(), found.material()), (expires, SECRET));
    }
    assert_eq!(store.find_key("new").await.unwrap().unwrap().key.expires(), None);
    assert!(store.remove_key("old").await.unwrap());
    assert!(!store.remove_key("old").await.unwrap() && !store.expire_key("old", None).await.unwrap());
    assert_eq!((owner(&store, "old").await, owner(&store, "new").await), (None, Some("ada".to_owned())));
    add(&store, &ada, &public("old")).await;
}

async fn keys_go_with_their_account_and_with_nothing_less(store: impl WithKeys) {
    let (ada, bob) = (make(&store, "ada").await, make(&store, "bob").await);
    add(&store, &ada, &public("adas")).await;
    add(&store, &bob, &public("bobs")).await;
    store.set_password_hash("ada", Some("new"), Keep::default()).await.unwrap();
    assert_eq!(owner(&store, "adas").await.as_deref(), Some("ada"));
    for is_active in [false, true] {
        store.set_active("ada", is_active).await.unwrap();
        assert_eq!(store.find_key("adas").await.unwrap().unwrap().user.is_active, is_active);
    }
    // As it was read before its epoch changed.
    add(&store, &ada, &public("more")).await;
    assert!(store.delete_account("ada").await.unwrap());
    assert_eq!(ids(&store, None).await, ["bobs"]);
    assert_eq!(owner(&store, "adas").await, None);
    assert_eq!(store.add_key(&ada, &public("adas")).await.unwrap(), KeyInsertOutcome::NoAccount);
    assert_eq!(ids(&store, None).await, ["bobs"]);
}

async fn of_many_keys_with_one_id_one_is_added(stores: [impl WithKeys; 2]) {
    let accounts = [make(&stores[0], "ada").await, make(&stores[0], "bob").await];
    for id in ["one", "two", "three"] {
        let added = at_once(&stores, 20, |store, n| {
            let account = accounts[n / 2 % 2].clone();
            async move {
                let new = key(id, KeyAlgorithm::HmacSha256, format!("secret of {n} that is long").as_bytes());
                store.add_key(&account, &new).await.unwrap()
            }
        })
        .await;
        let winners: Vec<usize> = (0..20).filter(|n| added[*n] == KeyInsertOutcome::Added).collect();
        let [winner] = winners[..] else { panic!("{added:?}") };
        let found = stores[1].find_key(id).await.unwrap().unwrap();
        assert_eq!(found.key.material(), format!("secret of {winner} that is long").as_bytes());
        assert_eq!(found.user, accounts[winner / 2 % 2]);
    }
}

async fn a_deleted_account_gets_no_key_however_late(stores: [impl WithKeys; 2]) {
    for round in 0..5 {
        let name = format!("account-{round}");
        let account = make(&stores[0], &name).await;
        let added = at_once(&stores, 8, |store, n| {
            let (account, name) = (account.clone(), name.clone());
            async move {
                if n == 3 {
                    assert!(store.delete_account(&name).await.unwrap());
                    return KeyInsertOutcome::NoAccount;
                }
                store.add_key(&account, &public(&format!("{name}-{n}"))).await.unwrap()
            }
        })
        .await;
        assert!(added.iter().all(|added| *added != KeyInsertOutcome::IdTaken), "{added:?}");
        assert_eq!(ids(&stores[1], None).await, [""; 0]);
    }
}

/// Asks functions of every store, where it can seal secrets.
macro_rules! ask_every_store_with_keys {
    ($take:ident: $($name:ident,)+) => {
        ask! { memory, crate::given::memory, $take, $($name)+ }
        #[cfg(feature = "sqlite")]
        ask! { sqlite_in_memory, super::sealing::sqlite_in_memory, $take, $($name)+ }
        #[cfg(feature = "sqlite")]
        ask! { sqlite_file, super::sealing::sqlite_file, $take, $($name)+ }
        #[cfg(feature = "services")]
        ask! { postgres, super::sealing::postgres, $take, $($name)+ }
        #[cfg(all(feature = "services", feature = "sqlite"))]
        ask! { redis, super::sealing::redis, $take, $($name)+ }
    };
}

ask_every_store_with_keys! { one:
    a_key_is_found_with_its_account_and_limits,
    ids_are_exact,
    of_one_id_there_is_one_key,
    keys_are_listed_by_id,
    a_key_is_given_another_end_and_removed,
    keys_go_with_their_account_and_with_nothing_less,
}

mod races {
    use super::{a_deleted_account_gets_no_key_however_late, of_many_keys_with_one_id_one_is_added, sealing};

    ask_every_store_with_keys! { two:
        of_many_keys_with_one_id_one_is_added,
        a_deleted_account_gets_no_key_however_late,
    }
}

#[cfg(any(feature = "sqlite", feature = "services"))]
mod sealing {
    #[cfg(feature = "services")]
    use auth_store::PostgresStore;
    #[cfg(all(feature = "services", feature = "sqlite"))]
    use auth_store::RedisStore;
    #[cfg(feature = "sqlite")]
    use auth_store::SqliteStore;

    use super::*;
    use crate::given::Fresh;

    fn sealing(byte: u8) -> SealingKey {
        SealingKey::new(&[byte; 32])
    }

    /// A store that seals when it is told how.
    trait Seals: WithKeys {
        fn sealing(&self, key: u8) -> Self;
    }

    #[cfg(feature = "sqlite")]
    impl Seals for SqliteStore {
        fn sealing(&self, key: u8) -> Self {
            self.clone().with_sealing_key(sealing(key))
        }
    }

    #[cfg(feature = "services")]
    impl Seals for PostgresStore {
        fn sealing(&self, key: u8) -> Self {
            self.clone().with_sealing_key(sealing(key))
        }
    }

    fn sealed<S: Seals>(fresh: Fresh<S>) -> Fresh<S> {
        Fresh { stores: fresh.stores.map(|store| store.sealing(1)), database: fresh.database }
    }

    #[cfg(feature = "sqlite")]
    pub(super) async fn sqlite_in_memory(test: &str) -> Fresh<SqliteStore> {
        sealed(crate::sqlite::in_memory(test).await)
    }

    #[cfg(feature = "sqlite")]
    pub(super) async fn sqlite_file(test: &str) -> Fresh<SqliteStore> {
        sealed(crate::sqlite::fresh(test).await)
    }

    #[cfg(feature = "services")]
    pub(super) async fn postgres(test: &str) -> Fresh<PostgresStore> {
        sealed(crate::postgres::fresh(test).await)
    }

    #[cfg(all(feature = "services", feature = "sqlite"))]
    pub(super) async fn redis(test: &str) -> Fresh<RedisStore<SqliteStore>> {
        crate::redis::in_front_of(sqlite_file(&format!("redis::{test}")).await).await
    }

    async fn without_a_sealing_key_secrets_are_errors_and_public_keys_are_not(store: impl Seals) {
        let ada = make(&store, "ada").await;
        for algorithm in [KeyAlgorithm::HmacSha1, KeyAlgorithm::HmacSha256, KeyAlgorithm::HmacSha512] {
            let id = algorithm.name();
            let error = store.add_key(&ada, &key(id, algorithm, SECRET)).await.unwrap_err().to_string();
            assert!(error.contains("with_sealing_keys") && error.contains("AUTH_ROOT_SECRET"), "{error}");
            add(&store.sealing(1), &ada, &key(id, algorithm, SECRET)).await;
            for wrong in [store.clone(), store.sealing(2)] {
                let error = wrong.find_key(id).await.unwrap_err().to_string();
                assert!(error.contains(&format!("`{id}`")) && error.contains("sealing key"), "{error}");
            }
        }
        add(&store, &ada, &public("public")).await;
        assert_eq!(owner(&store.sealing(2), "public").await.as_deref(), Some("ada"));
        assert_eq!(ids(&store, None).await.len(), 4);
        assert!(store.expire_key("hmac-sha1", Some(NOW)).await.unwrap());
        assert!(store.remove_key("hmac-sha1").await.unwrap());
    }

    async fn the_sealing_key_is_changed(store: impl Seals) {
        let ada = make(&store, "ada").await;
        let (old, both, new) = (store.sealing(1), store.sealing(2).sealing(1), store.sealing(2));
        add(&old, &ada, &key("before", KeyAlgorithm::HmacSha256, SECRET)).await;
        add(&both, &ada, &key("after", KeyAlgorithm::HmacSha256, SECRET)).await;
        add(&both, &ada, &public("public")).await;
        for id in ["before", "after"] {
            assert_eq!(both.find_key(id).await.unwrap().unwrap().key.material(), SECRET);
            assert_eq!(
                (old.find_key(id).await.is_ok(), new.find_key(id).await.is_ok()),
                (id == "before", id == "after")
            );
        }
        assert!(new.reseal_keys().await.is_err(), "what cannot be opened is not passed over");
        assert_eq!(both.reseal_keys().await.unwrap(), 1);
        assert_eq!(both.reseal_keys().await.unwrap(), 0);
        for id in ["before", "after"] {
            assert_eq!(new.find_key(id).await.unwrap().unwrap().key.material(), SECRET);
        }
        assert_eq!(owner(&new, "public").await.as_deref(), Some("ada"));
    }

    ask_every_database! { one:
        without_a_sealing_key_secrets_are_errors_and_public_keys_are_not,
        the_sealing_key_is_changed,
    }

    #[cfg(feature = "sqlite")]
    #[tokio::test]
    async fn a_file_has_no_secret_in_it() {
        let path = crate::sqlite::file("keys::sealed");
        let store = SqliteStore::open(&path).await.unwrap().with_sealing_key(sealing(1));
        let ada = make(&store, "ada").await;
        for algorithm in [KeyAlgorithm::HmacSha1, KeyAlgorithm::HmacSha256, KeyAlgorithm::HmacSha512] {
            add(&store, &ada, &key(algorithm.name(), algorithm, SECRET)).await;
        }
        add(&store, &ada, &key("shown", KeyAlgorithm::Ed25519, b"the public half, kept as it is")).await;
        store.reseal_keys().await.unwrap();
        for is_closed in [false, true] {
            if is_closed {
                store.close().await;
            }
            let everything = crate::sqlite::everything_beside(&path);
            let has = |text: &[u8]| crate::sqlite::contains(&everything, text);
            assert!(has(b"the public half, kept as it is"), "the scan sees what is there");
            for part in [SECRET, &SECRET[..8], &SECRET[SECRET.len() - 8..], &[1; 16]] {
                assert!(!has(part), "{part:?}, closed: {is_closed}");
            }
        }
    }
}
