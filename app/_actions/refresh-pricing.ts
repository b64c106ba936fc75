import { revalidatePath } from "next/cache";

/** The price pages are cached for everybody; the next visitor after this gets them as the rows are now. */
export const refreshPricing = () => revalidatePath("/(public)/pricing/[[...interval]]", "page");
