//! Who asks: people by session, agents by token, administrators of the machine by the socket.

pub mod attempts;
pub mod password;
pub mod principal;
pub mod secret;
