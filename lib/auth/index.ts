import { randomUUID } from "node:crypto";
import { cookies } from "next/headers";
import NextAuth, { CredentialsSignin } from "next-auth";
import { encode } from "next-auth/jwt";
import Credentials from "next-auth/providers/credentials";
import { z } from "zod";
import { env } from "@/env";
import { log } from "@/lib/log";
import { authenticate } from "./authenticate";
import { clientIp } from "./client-ip";
import { getKnownDevice, rememberDevice, seemToRemember } from "./device";
import { MAX_TYPED } from "./passwords";
import { endSession, SESSION_SECONDS, startSession } from "./sign-ins";

declare module "next-auth" {
  interface User {
    sessionVersion?: number;
    sessionId?: string;
  }
  interface Session {
    /** The browser has just tried to register with an address that had an account, with another password. */
    hadAccount?: boolean;
    sessionId?: string;
    sessionVersion?: number;
  }
}

/** `code` reaches the form: "wrong", "busy", or "limited:<seconds to wait>". */
class SignInError extends CredentialsSignin {
  constructor(override readonly code: string) {
    super();
  }
}

const credentialsSchema = z.object({ email: z.string().max(254), password: z.string().max(MAX_TYPED) });
const secure = env.APP_URL.startsWith("https:");
const cookieOptions = { httpOnly: true, sameSite: "lax", path: "/", secure } as const;

const COOKIE = { name: secure ? "__Host-session" : "session", options: cookieOptions };

/** Auth.js sets it at each sign-in, and nobody here reads it; it would leave out Secure where a proxy says no https. */
const CALLBACK = { name: secure ? "__Host-callback-url" : "callback-url", options: cookieOptions };
const dropCallback = async () => (await cookies()).set(CALLBACK.name, "", { ...CALLBACK.options, maxAge: 0 });

/** The version in a cookie that signs nobody in; those of accounts begin at 1. */
const NOBODYS = 0;
/** So long the sign-in page tells what became of a registration. */
const TOLD_SECONDS = 10 * 60;

/**
 * Without routes of its own: the shop signs people in and out by its actions, and asks for the session itself. A
 * session is what Auth.js makes it where there is no adapter: a sealed cookie, for thirty days; it names a row that
 * signing out takes away.
 */
const authJs = NextAuth({
  secret: env.AUTH_SECRET,
  session: { maxAge: SESSION_SECONDS },
  // Nothing here is built from the Host header: every redirect of ours is a path.
  trustHost: true,
  cookies: { sessionToken: COOKIE, callbackUrl: CALLBACK },
  // A refused sign-in is an everyday event, not an error of the server's.
  logger: {
    error: (error) => {
      if (!(error instanceof CredentialsSignin)) log.error("Auth.js could not do its work.", error);
    },
  },
  providers: [
    Credentials({
      async authorize(input, request) {
        const credentials = credentialsSchema.safeParse(input);
        if (!credentials.success) throw new SignInError("wrong");
        const { email, password } = credentials.data;
        const asker = { ip: clientIp(request.headers), device: await getKnownDevice(email) };
        const result = await authenticate(email, password, asker);
        if (result.user) {
          const { id, name, sessionVersion } = result.user;
          return { id, name, sessionVersion, sessionId: await startSession(id) };
        }
        throw new SignInError(result.reason === "limited" ? `limited:${result.retryAfter}` : result.reason);
      },
    }),
  ],
  callbacks: {
    jwt: ({ token, user }) =>
      user
        ? { ...token, sub: user.id, sessionVersion: user.sessionVersion, sessionId: user.sessionId }
        : token,
    session: ({ session, token }) => {
      session.user.id = token.sub ?? "";
      session.sessionVersion = token.sessionVersion as number | undefined;
      session.sessionId = token.sessionId as string | undefined;
      const isFresh = Date.now() / 1000 - (token.iat ?? 0) < TOLD_SECONDS;
      session.hadAccount = token.sessionVersion === NOBODYS && isFresh;
      return session;
    },
  },
});

export const { auth } = authJs;

/**
 * For a browser that registered with an address that has an account, and with another password: it gets cookies, too,
 * so that the answer looks like the one to somebody new. They sign nobody in, and the sign-in page reads the first.
 */
export async function signNobodyIn(email: string, name: string): Promise<void> {
  const token = { name, sub: randomUUID(), sessionVersion: NOBODYS, sessionId: randomUUID() };
  const seal = { secret: env.AUTH_SECRET, salt: COOKIE.name, maxAge: SESSION_SECONDS };
  const expires = new Date(Date.now() + SESSION_SECONDS * 1000);
  (await cookies()).set(COOKIE.name, await encode({ token, ...seal }), { ...COOKIE.options, expires });
  await seemToRemember(email);
  await dropCallback();
}

/** Ends this session wherever its cookie was copied to, and takes the cookie away. */
export async function signOut(): Promise<void> {
  const session = await auth();
  if (session?.sessionId) await endSession(session.sessionId);
  await authJs.signOut({ redirect: false });
  await dropCallback();
}

/** Auth.js would lead somebody who was signed in there, if it were to lead anybody. */
const SIGNED_IN = "/signed-in";

/**
 * Signs in, or throws; a refusal is a `CredentialsSignin`. A header and a cookie of Auth.js's own make it answer with
 * the address of an error instead of throwing that error. Both are the client's to send, so that only the address
 * for those who were signed in is a yes.
 */
export async function signIn(email: string, password: string): Promise<void> {
  const to = await authJs.signIn("credentials", { email, password, redirect: false, redirectTo: SIGNED_IN });
  if (new URL(to).pathname !== SIGNED_IN) throw new Error("Auth.js signed nobody in, and threw nothing.");
  await rememberDevice(email);
  await dropCallback();
}
