//! What a caller may do: [`Permission`], asked after authentication and before anything else.

mod anonymous;
mod codename;
mod compose;
mod contract;
mod methods;
mod model;
mod object;

pub use self::anonymous::{Anonymous, Decision};
pub use self::codename::{is_codename, is_model};
pub use self::compose::{And, Not, Or};
pub use self::contract::{AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly, IsStaff, ObjectPermission, Permission};
pub use self::model::{HasPermission, ModelPermissions, ModelPermissionsOrAnonReadOnly, ModelPermissionsWithView};
pub use self::object::{Object, ObjectPermissions, ObjectPermissionsWithView};
pub use crate::identity::Access;
