/**
 * A result that is there when the work returns. Work that is undone, dated or reported as a whole must not return a
 * promise: what comes after its first `await` would happen outside.
 */
export type Immediate<T> = T extends PromiseLike<unknown> ? never : T;
