import { ApiError } from "@/lib/api/errors";

/** A program that errs in an address is told so in its own language; a page would also take calls of actions. */
const nowhere = () =>
  new ApiError(404, "not_found", "There is nothing at this address; the README lists the API.").toResponse();

export { nowhere as DELETE, nowhere as GET, nowhere as PATCH, nowhere as POST, nowhere as PUT };
