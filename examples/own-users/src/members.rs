//! Implements the account traits for members, which passwords, the admin pages and other administration need.

use auth_runtime::Username;
use auth_runtime::store::{
    AccountStore, Id, Keep, NameRejection, NewAccount, PasswordRecord, PasswordStore, StoreResult,
};

use crate::tables::{Member, MemberRow, Rows, Tables, number};

impl PasswordStore for Tables {
    async fn find_by_username(&self, email: &Username<'_>) -> StoreResult<Option<PasswordRecord<Member>>> {
        let mut rows = self.rows();
        let row = rows.find_mut(email.as_str());
        Ok(row.map(|row| PasswordRecord { user: row.member.clone(), hash: row.password_hash.clone() }))
    }

    async fn upgrade_hash(&self, member: &Member, old: &str, new: &str) -> StoreResult<()> {
        if let Some(row) = self.rows().members.get_mut(&member.number)
            && row.password_hash.as_deref() == Some(old)
        {
            row.password_hash = Some(new.to_owned());
        }
        Ok(())
    }
}

impl AccountStore for Tables {
    async fn create_account(&self, new: &NewAccount) -> StoreResult<Result<Member, NameRejection>> {
        let email = match Username::parse(&new.username) {
            Ok(email) => email.as_str().to_owned(),
            Err(fault) => return Ok(Err(fault.into())),
        };
        let mut rows = self.rows();
        if rows.find_mut(&email).is_some() {
            return Ok(Err(NameRejection::Taken));
        }
        let number = rows.members.last_key_value().map_or(1, |(last, _)| last + 1);
        let (is_banned, is_employee) = (!new.is_active, new.is_staff);
        let member = Member { number, email, plan: "basic", is_banned, is_employee };
        let row = MemberRow { member: member.clone(), password_hash: new.password_hash.clone() };
        rows.members.insert(number, row);
        Ok(Ok(member))
    }

    async fn account(&self, email: &str) -> StoreResult<Option<Member>> {
        Ok(self.rows().find_mut(email).map(|row| row.member.clone()))
    }

    async fn account_by_id(&self, id: &Id) -> StoreResult<Option<Member>> {
        Ok(self.rows().member(number(id)))
    }

    async fn look_alikes(&self, email: &str, limit: u32) -> StoreResult<Vec<Member>> {
        let skeleton = Username::skeleton_of(email);
        let matches = |other: &str| other != email && Username::skeleton_of(other) == skeleton;
        Ok(listed(&self.rows(), matches, limit))
    }

    async fn accounts(&self, search: &str, after: &str, limit: u32) -> StoreResult<Vec<Member>> {
        let search = Username::skeleton_of(search);
        let matches = |email: &str| email > after && Username::skeleton_of(email).contains(&search);
        Ok(listed(&self.rows(), matches, limit))
    }

    async fn set_active(&self, email: &str, is_active: bool) -> StoreResult<bool> {
        let mut rows = self.rows();
        let Some(row) = rows.find_mut(email) else { return Ok(false) };
        row.member.is_banned = !is_active;
        let owner = row.member.number;
        if !is_active {
            rows.end_logins(|_, login| login.owner == owner);
            rows.tokens.retain(|_, token| token.owner != owner);
        }
        Ok(true)
    }

    async fn set_staff(&self, email: &str, is_staff: bool) -> StoreResult<bool> {
        Ok(self.rows().find_mut(email).map(|row| row.member.is_employee = is_staff).is_some())
    }

    async fn set_password_hash(&self, email: &str, hash: Option<&str>, keep: Keep<'_>) -> StoreResult<bool> {
        let mut rows = self.rows();
        let Some(row) = rows.find_mut(email) else { return Ok(false) };
        row.password_hash = hash.map(str::to_owned);
        let (owner, kept) = (row.member.number, keep.login.map(number));
        rows.end_logins(|id, login| login.owner == owner && Some(id) != kept);
        if !keep.personal_tokens {
            rows.tokens.retain(|_, token| token.owner != owner || token.entry.token.login.is_some());
        }
        Ok(true)
    }

    async fn delete_account(&self, email: &str) -> StoreResult<bool> {
        let mut rows = self.rows();
        let Some(owner) = rows.find_mut(email).map(|row| row.member.number) else { return Ok(false) };
        rows.members.remove(&owner);
        rows.end_logins(|_, login| login.owner == owner);
        rows.tokens.retain(|_, token| token.owner != owner);
        Ok(true)
    }
}

/// Lists the members whose address matches, by address.
fn listed(rows: &Rows, matches: impl Fn(&str) -> bool, limit: u32) -> Vec<Member> {
    let mut found: Vec<_> =
        rows.members.values().map(|row| &row.member).filter(|member| matches(&member.email)).cloned().collect();
    found.sort_unstable_by(|a, b| a.email.cmp(&b.email));
    found.truncate(limit as usize);
    found
}
