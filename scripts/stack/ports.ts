import { createServer } from "node:net";

const listen = (port: number, host: string | undefined) =>
  new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : port));
    });
  });

export const isFree = (port: number, host?: string) =>
  listen(port, host).then(
    () => true,
    () => false,
  );

/** The preferred port if nobody has it, else one that the system picks. */
export const freePort = async (preferred = 0) =>
  (await isFree(preferred, "127.0.0.1")) && preferred ? preferred : listen(0, "127.0.0.1");
