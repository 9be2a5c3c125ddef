//! Time: hosts go late and stale, feeds grow too old.

use crate::api::events::Cause;
use crate::app::App;
use std::time::Duration;

/// How often time enters the index. Deadlines are minutes at the least.
const EVERY: Duration = Duration::from_secs(15);

/// Lets time pass until the service ends.
pub async fn run(app: App) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = app.ended() => return,
        }
        app.apply(0, vec![fleet::Change::Time(app.now())], Cause::Time);
        let overtaken = app.platform_rules().overtaken(app.now());
        if let Err(error) = super::feed_sync::judge_again(&app, overtaken, 0, Cause::Time).await {
            tracing::error!(error = format!("{error:#}"), "rules could not be compiled anew");
        }
    }
}
