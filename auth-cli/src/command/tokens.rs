//! `auth tokens`.

use auth_runtime::personal_token::{Lifetime, LifetimeTooLong, PersonalTokenSettings};
use auth_runtime::store::{AtLimit, Id, InsertOutcome};
use auth_runtime::{Clock, TokenFormat, TokenKind};
use auth_store::Store;
use serde_json::json;

use super::{account, revoked};
use crate::failure::Failure;
use crate::options::{Revoke, Tokens};
use crate::output::{Answer, Table, plain};
use crate::time::{self, rfc3339, rfc3339_exact};

pub(super) async fn run<S: Store>(store: &S, command: &Tokens, clock: &Clock) -> Result<Answer, Failure> {
    match command {
        Tokens::Create { user, name, expires, beyond_limits, app } => {
            let settings = PersonalTokenSettings::default();
            let settings =
                if *beyond_limits { settings.with_max_lifetime(None).with_max_per_account(None) } else { settings };
            let lifetime = match expires {
                None => Lifetime::Default,
                Some(time::Lifetime(None)) => Lifetime::Endless,
                Some(time::Lifetime(Some(length))) => Lifetime::Of(*length),
            };
            create(store, user, name, lifetime, &settings, app, clock).await
        }
        Tokens::List { user } => list(store, user, clock).await,
        Tokens::Revoke(options) => revoke(store, options).await,
    }
}

async fn create<S: Store>(
    store: &S,
    user: &str,
    name: &str,
    lifetime: Lifetime,
    settings: &PersonalTokenSettings,
    app: &str,
    clock: &Clock,
) -> Result<Answer, Failure> {
    let format = TokenFormat::new(app.to_owned()).map_err(|error| Failure::Usage(error.to_string()))?;
    let account = account(store, user).await?;
    let user = &account.username;
    let secret = format
        .generate(TokenKind::Personal)
        .map_err(|error| Failure::Store(format!("the operating system gives no randomness: {error}")))?;
    let new = settings.new_token(secret.digest(), clock.now(), lifetime, AtLimit::Refuse);
    let mut new = new.map_err(|LifetimeTooLong { max, .. }| {
        let days = max.as_secs() / 86_400;
        Failure::Usage(format!(
            "a token is good for {days} days at most; give `--beyond-limits` to make it all the same"
        ))
    })?;
    name.clone_into(&mut new.name);
    let token = match store.insert_token(&account, new).await? {
        InsertOutcome::Kept(token) => token,
        InsertOutcome::LimitReached => {
            return Err(Failure::NotThere(format!(
                "{user} has as many personal tokens as an account may have; end one with `auth tokens revoke`, or give \
                 `--beyond-limits`"
            )));
        }
        InsertOutcome::AccountChanged => {
            return Err(Failure::Store(format!("`{user}` was changed meanwhile; no token was made, try again")));
        }
    };
    let called = if name.is_empty() { String::new() } else { format!(", called `{name}`") };
    let ends = token.expires.map_or("never ends".to_owned(), |end| format!("ends at {}", rfc3339(end)));
    let mut note =
        format!("This is token {} of {}{called}. It {ends}, and is not shown again.\n", token.id, plain(user));
    if !account.is_active {
        note.push_str("The user is locked out, so the token is refused until `auth users enable`.\n");
    }
    let json = json!({
        "token": secret.reveal(),
        "id": token.id,
        "user": user,
        "name": name,
        "created": rfc3339_exact(token.created),
        "expires": token.expires.map(rfc3339_exact),
    });
    Ok(Answer { json, text: format!("{}\n", secret.reveal()), note })
}

async fn list<S: Store>(store: &S, user: &str, clock: &Clock) -> Result<Answer, Failure> {
    let account = account(store, user).await?;
    let user = &account.username;
    let (entries, now) = (store.tokens(&account).await?, clock.now());
    let mut table = Table::new(["id", "name", "created", "last used", "ends"]);
    let mut tokens = Vec::new();
    for entry in &entries {
        let token = &entry.token;
        let has_expired = token.has_expired(now);
        table.row([
            token.id.to_string(),
            entry.name.clone(),
            rfc3339(token.created),
            token.last_used.map_or("never".to_owned(), rfc3339),
            time::end(token.expires, has_expired),
        ]);
        tokens.push(json!({
            "id": token.id,
            "name": entry.name,
            "created": rfc3339_exact(token.created),
            "last_used": token.last_used.map(rfc3339_exact),
            "expires": token.expires.map(rfc3339_exact),
            "has_expired": has_expired,
        }));
    }
    Ok(Answer::new(json!({ "user": user, "tokens": tokens }), table.or(&format!("{} has no tokens.", plain(user)))))
}

async fn revoke<S: Store>(store: &S, options: &Revoke) -> Result<Answer, Failure> {
    let account = account(store, &options.user).await?;
    let ended = match &options.id {
        None => store.revoke_tokens(&account).await?,
        Some(id) if store.revoke_token(&account, &Id::from(id.as_str())).await? => 1,
        Some(id) => {
            let user = &options.user;
            return Err(Failure::NotThere(format!(
                "{user} has no personal token {id}; `auth tokens list {user}` shows all"
            )));
        }
    };
    Ok(revoked(options, ended, "token"))
}
