//! The application's own data: members with an e-mail address, and their tokens. Maps stand for its database here.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use auth_runtime::store::{
    AccessToken, Backend, Id, Insertion, NewToken, PasswordRecord, PasswordStore, StoreResult, TokenRecord, TokenStore,
};
use auth_runtime::{Digest, PresentedToken, User, Username};

/// A member, as the application has always kept it.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) number: u64,
    pub(crate) email: String,
    pub(crate) plan: &'static str,
    pub(crate) is_banned: bool,
}

impl User for Member {
    fn id(&self) -> Cow<'_, str> {
        self.number.to_string().into()
    }

    fn is_active(&self) -> bool {
        !self.is_banned
    }
}

/// The application's tables.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    members: HashMap<u64, (Member, Option<String>)>,
    tokens: Mutex<Tokens>,
}

/// Tokens with the numbers of their owners.
#[derive(Debug, Default)]
struct Tokens {
    last_id: u64,
    kept: HashMap<Digest, (u64, AccessToken)>,
}

impl Tables {
    pub(crate) fn add(&mut self, member: Member, password_hash: String) {
        self.members.insert(member.number, (member, Some(password_hash)));
    }
}

impl Backend for Tables {
    type User = Member;
}

impl PasswordStore for Tables {
    /// Members log in with their e-mail address, in any case.
    async fn find_by_username(&self, email: &Username<'_>) -> StoreResult<Option<PasswordRecord<Member>>> {
        let found = self.members.values().find(|(member, _)| member.email.eq_ignore_ascii_case(email.as_str()));
        Ok(found.map(|(user, hash)| PasswordRecord { user: user.clone(), hash: hash.clone() }))
    }

    async fn upgrade_hash(&self, _: &Member, _: &str, _: &str) -> StoreResult<()> {
        Ok(())
    }
}

impl TokenStore for Tables {
    async fn find_token(&self, token: &PresentedToken) -> StoreResult<Option<TokenRecord<Member>>> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((owner, token)) = tokens.kept.get(token.digest()) else { return Ok(None) };
        Ok(self.members.get(owner).map(|(user, _)| TokenRecord { user: user.clone(), token: token.clone() }))
    }

    async fn insert_token(&self, user: &Member, token: NewToken) -> StoreResult<Insertion<AccessToken>> {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(limit) = token.limit {
            let live = tokens
                .kept
                .iter()
                .filter(|(_, (owner, kept))| *owner == user.number && !kept.has_expired(token.created));
            let mut live: Vec<_> = live.map(|(digest, (_, kept))| (kept.created, *digest)).collect();
            let Some(excess) = limit.at_limit.make_room(live.len(), limit.max) else {
                return Ok(Insertion::LimitReached);
            };
            live.sort_unstable_by_key(|(created, _)| *created);
            for (_, digest) in live.into_iter().take(excess) {
                tokens.kept.remove(&digest);
            }
        }
        tokens.last_id += 1;
        let id = Id::from(tokens.last_id.to_string().as_str());
        let kept = AccessToken { id, created: token.created, expires: token.expires, ..AccessToken::default() };
        tokens.kept.insert(token.digest, (user.number, kept.clone()));
        Ok(Insertion::Kept(kept))
    }
}
