import type { QueryClient } from "@tanstack/react-query";
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { RouterProvider, useLocation } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { sessionQuery } from "./api/queries";
import { Failure, Loading } from "./components/Notice";
import { Frame } from "./frame/Frame";
import { Doorway } from "./pages/session/Doorway";
import { NoLink, SetUp } from "./pages/session/SetUp";
import { SignIn } from "./pages/session/SignIn";
import type { AppRouter } from "./routes";

/** Who is there decides what is shown: set-up, sign-in, or the dashboard. */
export function Gate() {
  const { data: session, error, refetch } = useQuery(sessionQuery);
  // Signing out loads the page anew: who was signed in here and no longer is, did not ask for it.
  const [wasIn, setWasIn] = useState(false);
  const isIn = session?.state === "signed_in";
  useEffect(() => {
    if (isIn) setWasIn(true);
  }, [isIn]);
  const path = useLocation({ select: (location) => location.pathname });
  if (error && !session) {
    return (
      <Doorway title="The server does not answer">
        <Failure error={error} retry={() => void refetch()} />
      </Doorway>
    );
  }
  if (!session) {
    return (
      <main className="mx-auto max-w-sm p-10">
        <Loading what="the session" />
      </main>
    );
  }
  if (path === "/setup" && session.state !== "signed_in")
    return <SetUp needed={session.state === "setup_needed"} />;
  if (session.state === "setup_needed") return <NoLink />;
  if (session.state === "signed_out") return <SignIn ended={wasIn} />;
  return <Frame session={session} />;
}

export function App({ client, router }: { client: QueryClient; router: AppRouter }) {
  return (
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
