//! `auth keys`.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use auth_keys::{InvalidKey, RootSecret, SigningKey, key_from_jwk, public_key_from_pem, thumbprint};
use auth_runtime::store::{Key, KeyAlgorithm};
use auth_runtime::{Clock, NewSecret};
use auth_store::{Account, KeyInsertOutcome, NewSigningKey, SigningKeyStore, Store};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::account;
use crate::failure::Failure;
use crate::options::{AddKey, CreateKey, KeyOptions, Keys};
use crate::output::{Answer, Table, plain};
use crate::sealing::{ROOT_SECRET, SEALING_KEY};
use crate::time::{self, Length, rfc3339, rfc3339_exact};

/// Runs the command. `sealed_by` is the variable with the key that seals shared secrets.
pub(super) async fn run<S>(store: &S, command: &Keys, sealed_by: Option<&str>, clock: &Clock) -> Result<Answer, Failure>
where
    S: Store + SigningKeyStore,
{
    match command {
        Keys::Create(options) => create(store, options, sealed_by, clock).await,
        Keys::Add(options) => add(store, options, sealed_by, clock).await,
        Keys::List { user } => list(store, user.as_deref(), clock).await,
        Keys::Expire { id, r#in } => expire(store, id, *r#in, clock).await,
        Keys::Remove { id } => remove(store, id).await,
        Keys::Reseal => reseal(store, sealed_by).await,
        Keys::Root => root(),
    }
}

async fn create<S>(store: &S, options: &CreateKey, sealed_by: Option<&str>, clock: &Clock) -> Result<Answer, Failure>
where
    S: Store + SigningKeyStore,
{
    let CreateKey { user, algorithm, key: about, private_out } = options;
    check_sealing(*algorithm, sealed_by)?;
    let account = account(store, user).await?;
    let signing = SigningKey::generate("", *algorithm).map_err(no_key)?;
    let id = match &about.id {
        Some(id) => id.clone(),
        None if algorithm.is_symmetric() => random_id()?,
        None => thumbprint(&signing.verifying_key()).map_err(no_key)?,
    };
    let signing = signing.with_id(id);
    let private = signing.to_private_jwk();
    let written = private_out.as_deref().map(|path| PrivateFile::write(path, &private)).transpose()?;
    let (key, mut json) = keep(store, &account, signing.verifying_key(), about, clock).await?;
    if let Some(written) = written {
        written.stays();
    }

    let mut text = String::new();
    let what = if algorithm.is_symmetric() { "shared secret" } else { "private key" };
    let whole = match private_out {
        Some(path) => format!("Its {what} is in {}", plain(&path.display().to_string())),
        None => {
            text = format!("{}\n", *private);
            format!("Its {what} is not shown again")
        }
    };
    let mut note = format!("{} {whole}.\n", about_key(&key, user));
    note.push_str(lock_out(&account));
    json["public_key"] = signing.to_public_jwk().map_or(Value::Null, |jwk| document(&jwk));
    json["private_key"] = if private_out.is_some() { Value::Null } else { document(&private) };
    json["private_out"] = json!(private_out);
    Ok(Answer { json, text, note })
}

async fn add<S>(store: &S, options: &AddKey, sealed_by: Option<&str>, clock: &Clock) -> Result<Answer, Failure>
where
    S: Store + SigningKeyStore,
{
    let AddKey { user, public_key, shared_secret, algorithm, key: about } = options;
    let account = account(store, user).await?;
    let key = match (public_key, shared_secret) {
        (Some(path), _) => in_file(path, |bytes| public_key_in(bytes, *algorithm))?,
        (_, Some(path)) => in_file(path, |bytes| shared_secret_in(bytes, *algorithm))?,
        (None, None) => return Err(Failure::Usage("which key? give --public-key".to_owned())),
    };
    check_sealing(key.algorithm(), sealed_by)?;
    let (key, json) = keep(store, &account, key, about, clock).await?;
    let text = format!("{}\n", about_key(&key, user));
    Ok(Answer { json, text, note: lock_out(&account).to_owned() })
}

async fn list<S>(store: &S, user: Option<&str>, clock: &Clock) -> Result<Answer, Failure>
where
    S: Store + SigningKeyStore,
{
    let account = match user {
        Some(user) => Some(account(store, user).await?),
        None => None,
    };
    let (entries, now) = (store.signing_keys(account.as_ref()).await?, clock.now());
    let mut table = Table::new(["id", "user", "algorithm", "label", "created", "begins", "ends"]);
    let mut keys = Vec::new();
    for entry in &entries {
        let has_expired = entry.expires.is_some_and(|end| end <= now);
        table.row([
            entry.id.clone(),
            entry.username.clone(),
            entry.algorithm.to_string(),
            entry.label.clone(),
            rfc3339(entry.created),
            entry.not_before.map_or("at once".to_owned(), rfc3339),
            time::end(entry.expires, has_expired),
        ]);
        keys.push(json!({
            "id": entry.id,
            "user": entry.username,
            "algorithm": entry.algorithm.name(),
            "label": entry.label,
            "created": rfc3339_exact(entry.created),
            "not_before": entry.not_before.map(rfc3339_exact),
            "expires": entry.expires.map(rfc3339_exact),
            "has_expired": has_expired,
        }));
    }
    let none = user.map_or("There are no keys.".to_owned(), |user| format!("{} has no keys.", plain(user)));
    Ok(Answer::new(json!({ "user": user, "keys": keys }), table.or(&none)))
}

async fn expire<S: SigningKeyStore>(
    store: &S,
    id: &str,
    after: Option<Length>,
    clock: &Clock,
) -> Result<Answer, Failure> {
    let now = clock.now();
    let expires = now.saturating_add(after.map_or(Duration::ZERO, |Length(length)| length));
    if !store.expire_key(id, Some(expires)).await? {
        return Err(no_such(id));
    }
    let text = if expires == now {
        format!("The key `{}` has ended.\n", plain(id))
    } else {
        format!("The key `{}` ends at {}.\n", plain(id), rfc3339(expires))
    };
    Ok(Answer::new(json!({ "id": id, "expires": rfc3339_exact(expires) }), text))
}

async fn remove<S: SigningKeyStore>(store: &S, id: &str) -> Result<Answer, Failure> {
    if !store.remove_key(id).await? {
        return Err(no_such(id));
    }
    Ok(Answer::new(json!({ "id": id, "removed": true }), format!("The key `{}` is deleted.\n", plain(id))))
}

async fn reseal<S: SigningKeyStore>(store: &S, sealed_by: Option<&str>) -> Result<Answer, Failure> {
    let variable = sealed_by.ok_or_else(no_sealing_key)?;
    let resealed = store.reseal_keys().await?;
    let others = if variable == ROOT_SECRET {
        format!("Other root secrets, and {SEALING_KEY}, are no longer needed for them.")
    } else {
        "The other sealing keys are no longer needed for them.".to_owned()
    };
    let text = format!("Shared secrets sealed again, by the first secret in {variable}: {resealed}. {others}\n");
    Ok(Answer::new(json!({ "resealed": resealed, "sealed_by": variable }), text))
}

/// Generates a root secret without opening a database.
pub(crate) fn root() -> Result<Answer, Failure> {
    let root = RootSecret::generate().map_err(no_key)?;
    let text = root.to_text();
    Ok(Answer::new(json!({ "root_secret": *text }), format!("{}\n", *text)))
}

/// Adds a key with these options, and returns the answer to print.
async fn keep<S: SigningKeyStore>(
    store: &S,
    account: &Account,
    key: Key,
    about: &KeyOptions,
    clock: &Clock,
) -> Result<(Key, Value), Failure> {
    let now = clock.now();
    let id = about.id.clone().unwrap_or_else(|| key.id().to_owned());
    let expires = about.expires.map(|Length(lifetime)| now.saturating_add(lifetime)).or(key.expires());
    let material = Zeroizing::new(key.material().to_vec());
    let key = Key::new(id, key.algorithm(), material, key.not_before(), expires);
    let user = &account.username;
    match store.add_key(account, &NewSigningKey::new(key.clone(), now).with_label(&about.label)).await? {
        KeyInsertOutcome::Added => {}
        KeyInsertOutcome::IdTaken => {
            return Err(Failure::NotThere(format!(
                "there is a key `{}` already; give the new one another --id",
                plain(key.id())
            )));
        }
        KeyInsertOutcome::NoAccount => return Err(Failure::no_user(user)),
    }
    let json = json!({
        "id": key.id(),
        "user": user,
        "algorithm": key.algorithm().name(),
        "label": about.label,
        "created": rfc3339_exact(now),
        "not_before": key.not_before().map(rfc3339_exact),
        "expires": expires.map(rfc3339_exact),
    });
    Ok((key, json))
}

fn about_key(key: &Key, user: &str) -> String {
    let ends = key.expires().map_or("never ends".to_owned(), |end| format!("ends at {}", rfc3339(end)));
    format!("This is key `{}` of {}, for {}. It {ends}.", plain(key.id()), plain(user), key.algorithm())
}

fn lock_out(account: &Account) -> &'static str {
    if account.is_active {
        ""
    } else {
        "The user is locked out, so what is signed with the key is refused until `auth users enable`.\n"
    }
}

fn no_such(id: &str) -> Failure {
    Failure::NotThere(format!("there is no key `{}`; `auth keys list` shows all", plain(id)))
}

fn no_key(error: InvalidKey) -> Failure {
    Failure::Store(error.to_string())
}

fn random_id() -> Result<String, Failure> {
    let random = NewSecret::generate();
    let random =
        random.map_err(|error| Failure::Store(format!("the operating system gives no randomness: {error}")))?;
    Ok(random.reveal().to_owned())
}

/// Checks that a shared secret can be sealed. Called before a key is generated, since an unsealed secret is never stored.
fn check_sealing(algorithm: KeyAlgorithm, sealed_by: Option<&str>) -> Result<(), Failure> {
    if sealed_by.is_some() || !algorithm.is_symmetric() { Ok(()) } else { Err(no_sealing_key()) }
}

fn no_sealing_key() -> Failure {
    Failure::Usage(format!(
        "shared secrets are kept sealed, and neither {ROOT_SECRET} nor {SEALING_KEY} is set: set the one that the application \
         has, or set {ROOT_SECRET} for both to what `auth keys root` prints"
    ))
}

/// Reads a JWK, or a PEM, which gets its thumbprint as id.
fn public_key_in(bytes: &[u8], algorithm: Option<KeyAlgorithm>) -> Result<Key, String> {
    let Some(jwk) = jwk_in(bytes)? else {
        let algorithm = algorithm.ok_or("a PEM does not say the algorithm; give --algorithm")?;
        let key = public_key_from_pem("", algorithm, bytes).map_err(|error| error.to_string())?;
        let id = thumbprint(&key).map_err(|error| error.to_string())?;
        return Ok(Key::new(id, algorithm, Zeroizing::new(key.material().to_vec()), None, None));
    };
    let key = key_from_jwk(jwk, algorithm).map_err(|error| error.to_string())?;
    if key.algorithm().is_symmetric() {
        return Err("that is a shared secret; give it as --shared-secret".to_owned());
    }
    Ok(key)
}

fn shared_secret_in(bytes: &[u8], algorithm: Option<KeyAlgorithm>) -> Result<Key, String> {
    let jwk =
        jwk_in(bytes)?.ok_or("a shared secret is given as JWK: {\"kty\": \"oct\", \"k\": \"..\", \"kid\": \"..\"}")?;
    let key = key_from_jwk(jwk, algorithm).map_err(|error| error.to_string())?;
    if !key.algorithm().is_symmetric() {
        return Err("that is a public key; give it as --public-key".to_owned());
    }
    Ok(key)
}

/// Returns the text of a file if it is JSON. Other files, such as PEM with comments, may have any encoding.
fn jwk_in(bytes: &[u8]) -> Result<Option<&str>, String> {
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Ok(None);
    }
    std::str::from_utf8(bytes).map(Some).map_err(|error| format!("it is not UTF-8: {error}"))
}

fn in_file(path: &Path, read: impl FnOnce(&[u8]) -> Result<Key, String>) -> Result<Key, Failure> {
    let fault = |fault: String| Failure::Usage(format!("{}: {fault}", plain(&path.display().to_string())));
    let bytes = fs::read(path).map(Zeroizing::new).map_err(|error| fault(error.to_string()))?;
    read(&bytes).map_err(fault)
}

fn document(jwk: &str) -> Value {
    serde_json::from_str(jwk).unwrap_or_default()
}

/// A new file that only its owner can read. Dropping it deletes the file unless it was marked to stay.
struct PrivateFile(Option<PathBuf>);

impl PrivateFile {
    fn write(path: &Path, text: &str) -> Result<Self, Failure> {
        let failed = |error: io::Error| {
            let cure = match error.kind() {
                io::ErrorKind::AlreadyExists => "; name a file that is not there yet",
                _ => "",
            };
            Failure::Usage(format!("{}: {error}{cure}", plain(&path.display().to_string())))
        };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        let written = Self(Some(path.to_owned()));
        file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n")).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        Ok(written)
    }

    fn stays(mut self) {
        self.0 = None;
    }
}

impl Drop for PrivateFile {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _ = fs::remove_file(path);
        }
    }
}
