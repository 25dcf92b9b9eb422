//! Who signed: the same steps for every scheme, at the same cost whether a key is known or not.

use std::fmt;
use std::time::Duration;

use auth_runtime::User;
use auth_runtime::store::{KeyAlgorithm, KeyRecord, KeyStore, StoreResult};

use auth_keys::signature::{self, ClaimedSignature};

/// Why a signature is nobody's. Traced, never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotSigned {
    UnknownKey,
    OtherAlgorithm(KeyAlgorithm),
    KeyNotGoodNow,
    InactiveUser,
    WrongSignature,
}

impl fmt::Display for NotSigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey => f.write_str("there is no key with this id"),
            Self::OtherAlgorithm(algorithm) => write!(f, "the key is for {algorithm}, which is not accepted here"),
            Self::KeyNotGoodNow => f.write_str("the key is not good yet, or not any more"),
            Self::InactiveUser => f.write_str("the user of the key is not active"),
            Self::WrongSignature => f.write_str("the signature is not one of the key over this message"),
        }
    }
}

impl std::error::Error for NotSigned {}

/// The key and the user that made `signature` over `message`, if it is the key with this id and of an algorithm that is
/// `usable`.
///
/// # Errors
///
/// When the store does not answer.
pub(crate) async fn who_signed<B: KeyStore>(
    store: &B,
    id: &str,
    usable: impl Fn(KeyAlgorithm) -> bool,
    now: Duration,
    message: &[u8],
    signature: ClaimedSignature<'_>,
) -> StoreResult<Result<KeyRecord<B::User>, NotSigned>> {
    let is_kept = store.keeps_keys();
    let refused = |reason| {
        signature::verify_dummy(id, is_kept, message, signature);
        Ok(Err(reason))
    };
    let Some(record) = store.find_key(id).await? else { return refused(NotSigned::UnknownKey) };
    let algorithm = record.key.algorithm();
    if !usable(algorithm) {
        return refused(NotSigned::OtherAlgorithm(algorithm));
    }
    // What cannot be one is found out at once, and must not be told by that.
    if !signature::has_plausible_length(&record.key, signature.len()) {
        return refused(NotSigned::WrongSignature);
    }
    Ok(if !signature::verify(&record.key, is_kept, message, signature) {
        Err(NotSigned::WrongSignature)
    } else if !record.key.is_good(now) {
        Err(NotSigned::KeyNotGoodNow)
    } else if !record.user.is_active() {
        Err(NotSigned::InactiveUser)
    } else {
        Ok(record)
    })
}

#[cfg(test)]
mod tests {
    use auth_runtime::store::{Backend, Key};

    use super::*;
    use auth_keys::Service;
    use auth_keys::SigningKey;

    /// Has one key, and keeps it or does not.
    struct One {
        key: Key,
        keeps_keys: bool,
    }

    impl Backend for One {
        type User = Service;
    }

    impl KeyStore for One {
        async fn find_key(&self, id: &str) -> StoreResult<Option<KeyRecord<Service>>> {
            let record = KeyRecord { key: self.key.clone(), user: Service::new("ada") };
            Ok((id == self.key.id()).then_some(record))
        }

        fn keeps_keys(&self) -> bool {
            self.keeps_keys
        }
    }

    #[tokio::test]
    async fn what_is_prepared_of_a_key_is_kept_where_the_store_keeps_the_key() {
        for algorithm in KeyAlgorithm::ALL {
            let key = SigningKey::generate("k", algorithm).unwrap();
            let (good, bad) = (key.sign(b"message"), key.sign(b"another"));
            for keeps_keys in [false, true] {
                let store = One { key: key.verifying_key(), keeps_keys };
                for _ in 0..2 {
                    for (id, usable, signature, expected) in [
                        ("k", true, &good, None),
                        ("k", true, &bad, Some(NotSigned::WrongSignature)),
                        ("k", true, &good[1..].to_vec(), Some(NotSigned::WrongSignature)),
                        ("k", false, &good, Some(NotSigned::OtherAlgorithm(algorithm))),
                        ("l", true, &good, Some(NotSigned::UnknownKey)),
                    ] {
                        let claimed = ClaimedSignature::Bytes(signature);
                        let signed = who_signed(&store, id, |_| usable, Duration::ZERO, b"message", claimed).await;
                        assert_eq!(signed.unwrap().err(), expected, "{algorithm}");
                    }
                }
                assert_eq!(store.key.prepared(|_| "not yet").is_none(), keeps_keys, "{algorithm}");
            }
        }
    }
}
