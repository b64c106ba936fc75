import { generateKeyPairSync, sign } from "node:crypto";

/** A certificate that nobody vouches for but itself, made anew each time: a key has no place in a repository. */
export function selfSignedCertificate(host: string) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ECDSA_SHA256 = der(0x30, oid("2a8648ce3d040302"));
  const name = der(0x30, der(0x31, der(0x30, oid("550403"), der(0x0c, Buffer.from(host)))));
  const validity = der(0x30, utcTime("200101000000Z"), utcTime("491231235959Z"));
  const altNames = der(0x30, oid("551d11"), der(0x04, der(0x30, der(0x82, Buffer.from(host)))));
  const authority = der(0x30, oid("551d13"), der(0x04, der(0x30, der(0x01, Buffer.from([0xff])))));
  const body = der(
    0x30,
    der(0xa0, integer(2)),
    integer(1),
    ECDSA_SHA256,
    name,
    validity,
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(0x30, altNames, authority)),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign("sha256", body, privateKey)]);
  const certificate = der(0x30, body, ECDSA_SHA256, der(0x03, signature)).toString("base64");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** ASN.1 in its one binary form: a tag, a length, what it holds. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const integer = (value: number) => der(0x02, Buffer.from([value]));
const utcTime = (text: string) => der(0x17, Buffer.from(text));
