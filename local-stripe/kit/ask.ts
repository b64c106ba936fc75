import { askApi } from "./api";
import { byItself, transaction } from "./transaction";

/** Done by a person rather than by a request, and by the API's own code: a transaction of its own. */
export const ask: typeof askApi = (...call) => transaction(byItself, () => askApi(...call));
