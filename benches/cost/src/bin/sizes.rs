use auth_runtime::*; use auth_runtime::store::*; use auth_runtime::scheme::*;
use axum::extract::FromRequestParts;
use cost::{App, Account, app};
#[derive(Authenticator)] #[authenticator(chain(Token(keyword="Bearer")), permit(auth_runtime::permission::AllowAny))] struct One;
#[derive(Authenticator)] #[authenticator(chain(Session), permit(auth_runtime::permission::AllowAny))] struct Cook;
#[derive(Authenticator)] #[authenticator(chain(Token(keyword="Bearer"), Session, Basic), permit(auth_runtime::permission::AllowAny))] struct Three;
fn main(){
  println!("AccessToken {} TokenRecord {} Id {} Account {} Presented {} AuthError {} Answer {} Identity {}", size_of::<AccessToken>(), size_of::<TokenRecord<Account>>(), size_of::<Id>(), size_of::<Account>(), size_of::<PresentedToken>(), size_of::<AuthError>(), size_of::<Answer>(), size_of::<Identity<Account>>());
  println!("Outcome {} Resolved {} Deferred {}", size_of::<Outcome<Account,AccessToken>>(), size_of::<Resolved<Account,OneOf<AccessToken,Nobody>>>(), size_of::<body::Deferred>());
  let (mut p, ()) = http::Request::new(()).into_parts();
  let s: App = app();
  let t = Token{keyword:"Bearer"};
  println!("Token::authenticate {}", size_of_val(&Scheme::<App>::authenticate(&t,&p,&s)));
  println!("Session::authenticate {}", size_of_val(&Scheme::<App>::authenticate(&Session::DEFAULT,&p,&s)));
  println!("Basic::authenticate {}", size_of_val(&Scheme::<App>::authenticate(&Basic::DEFAULT,&p,&s)));
  println!("resolve One {}", size_of_val(&<One as Policy<App>>::resolve(&p,&s)));
  println!("resolve Three {}", size_of_val(&<Three as Policy<App>>::resolve(&p,&s)));
  println!("Auth One {}", size_of_val(&Auth::<Account,One>::from_request_parts(&mut p,&s)));
  println!("Auth Cook {}", size_of_val(&Auth::<Account,Cook>::from_request_parts(&mut p,&s)));
  println!("Auth Three {}", size_of_val(&Auth::<Account,Three>::from_request_parts(&mut p,&s)));
}
