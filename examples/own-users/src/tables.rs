//! The application's own data: members with an e-mail address, their logins and tokens. Maps replace the database here.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use auth_runtime::store::{Backend, Client, Id, LoginEntry, NamedUser, TokenEntry};
use auth_runtime::{Digest, User};

/// A member, as the application has always kept it.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) number: u64,
    pub(crate) email: String,
    pub(crate) plan: &'static str,
    pub(crate) is_banned: bool,
    pub(crate) is_employee: bool,
}

impl User for Member {
    fn id(&self) -> Cow<'_, str> {
        self.number.to_string().into()
    }

    fn is_active(&self) -> bool {
        !self.is_banned
    }

    fn is_staff(&self) -> bool {
        self.is_employee
    }
}

/// Members log in with their e-mail address.
impl NamedUser for Member {
    fn username(&self) -> &str {
        &self.email
    }
}

/// The application's tables.
#[derive(Debug, Default)]
pub(crate) struct Tables(Mutex<Rows>);

#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) members: BTreeMap<u64, MemberRow>,
    pub(crate) logins: BTreeMap<u64, LoginRow>,
    pub(crate) tokens: BTreeMap<u64, TokenRow>,
    pub(crate) clients: HashMap<String, Client>,
    last_id: u64,
}

#[derive(Debug)]
pub(crate) struct MemberRow {
    pub(crate) member: Member,
    pub(crate) password_hash: Option<String>,
}

#[derive(Debug)]
pub(crate) struct LoginRow {
    pub(crate) owner: u64,
    /// The digest of the cookie; `None` for a login that presents an access token.
    pub(crate) cookie: Option<Digest>,
    pub(crate) csrf_secret: Option<String>,
    pub(crate) entry: LoginEntry,
}

#[derive(Debug)]
pub(crate) struct TokenRow {
    pub(crate) owner: u64,
    pub(crate) digest: Digest,
    pub(crate) entry: TokenEntry,
}

impl Tables {
    pub(crate) fn rows(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, member: Member, password_hash: String) {
        let row = MemberRow { member, password_hash: Some(password_hash) };
        self.rows().members.insert(row.member.number, row);
    }
}

impl Rows {
    pub(crate) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    pub(crate) fn member(&self, number: u64) -> Option<Member> {
        self.members.get(&number).map(|row| row.member.clone())
    }

    /// Finds a member by e-mail address, in any case.
    pub(crate) fn find_mut(&mut self, email: &str) -> Option<&mut MemberRow> {
        self.members.values_mut().find(|row| row.member.email.eq_ignore_ascii_case(email))
    }

    /// Ends the logins that match, with their tokens. Returns how many ended.
    pub(crate) fn end_logins(&mut self, matches: impl Fn(u64, &LoginRow) -> bool) -> u64 {
        let before = self.logins.len();
        self.logins.retain(|id, row| !matches(*id, row));
        let logins = &self.logins;
        self.tokens.retain(|_, row| row.entry.token.login.as_ref().is_none_or(|id| logins.contains_key(&number(id))));
        (before - self.logins.len()) as u64
    }
}

/// Returns the number in an id. Ids of another form belong to nothing here.
pub(crate) fn number(id: &Id) -> u64 {
    id.number().and_then(|number| u64::try_from(number).ok()).unwrap_or(0)
}

impl Backend for Tables {
    type User = Member;
}
