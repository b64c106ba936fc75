import { fileURLToPath } from "node:url";
import { API, type Checker, SymbolFlags, type Type, TypeFlags } from "typescript/unstable/sync";

interface Shape {
  readonly required: ReadonlySet<string>;
  readonly properties: ReadonlyMap<string, Type | undefined>;
  /** For types like metadata, whose keys are the caller's. */
  readonly open: boolean;
}

type Plain = Readonly<Record<string, unknown>>;

const SERVED = fileURLToPath(new URL("served.ts", import.meta.url));
const TSCONFIG = fileURLToPath(new URL("../../tsconfig.json", import.meta.url));

/** Holds what is sent to the SDK's own types: asks the compiler which keys an object must and may have. */
export class SdkTypes {
  readonly #api = new API();
  readonly #checker: Checker;
  readonly #served: Shape;
  readonly #shapes = new Map<number, Shape>();

  constructor() {
    const snapshot = this.#api.updateSnapshot({ openProject: TSCONFIG });
    const [project] = snapshot.getProjects();
    const file = project?.program.getSourceFile(SERVED);
    if (!project || !file) throw new Error(`${SERVED} is not part of ${TSCONFIG}`);
    this.#checker = project.checker;
    const served = this.#checker.getSymbolAtPosition(SERVED, file.text.indexOf("Served"));
    if (!served) throw new Error(`${SERVED} declares no Served`);
    this.#served = this.#shapeOf(this.#checker.getDeclaredTypeOfSymbol(served));
  }

  get served(): string[] {
    return [...this.#served.properties.keys()];
  }

  /** True if the type of this kind of object has such a property, at this depth or above an open one. */
  knows(object: string, path: readonly string[]): boolean {
    return this.#knows(this.#served.properties.get(object), path);
  }

  /** Required keys that are missing and values of another kind, each with its path. */
  complaints(object: string, value: unknown): string[] {
    const type = this.#served.properties.get(object);
    return type ? this.#complaints(value, type, object) : [`no type for ${object}`];
  }

  close(): void {
    this.#api.close();
  }

  #complaints(value: unknown, type: Type, path: string): string[] {
    if (type.flags & (TypeFlags.Any | TypeFlags.Unknown)) return [];
    if (Array.isArray(value)) {
      const [element] = this.#members(type).flatMap((member) => this.#element(member) ?? []);
      return element
        ? value.flatMap((one) => this.#complaints(one, element, `${path}[]`))
        : [`${path} is a list`];
    }
    if (typeof value !== "object" || value === null) {
      const fits = this.#members(type).some((member) => fitsKind(member, value));
      return fits ? [] : [`${path} is ${JSON.stringify(value)}`];
    }
    const complaints = this.#members(type)
      .filter(
        (member) => member.isObjectType() && !this.#element(member) && this.#mayBe(member, value as Plain),
      )
      .map((member) => this.#complaintsIn(value as Plain, this.#shapeOf(member), path));
    return complaints.sort((a, b) => a.length - b.length)[0] ?? [`${path} is an object`];
  }

  #complaintsIn(value: Plain, shape: Shape, path: string): string[] {
    const missing = [...shape.required].filter((key) => !(key in value)).map((key) => `${path}.${key}`);
    const inside = Object.entries(value).flatMap(([key, inner]) => {
      const type = shape.properties.get(key);
      return type ? this.#complaints(inner, type, `${path}.${key}`) : [];
    });
    return [...missing, ...inside];
  }

  #knows(type: Type | undefined, [key, ...rest]: readonly string[]): boolean {
    if (key === undefined) return true;
    if (!type) return false;
    return this.#members(type).some((member) => {
      const element = this.#element(member);
      if (element) return this.#knows(element, [key, ...rest]);
      if (!member.isObjectType()) return false;
      const shape = this.#shapeOf(member);
      return shape.open || (shape.properties.has(key) && this.#knows(shape.properties.get(key), rest));
    });
  }

  /** Of a union the members that say the same `object` and `type`, and are what is left of something or not. */
  #mayBe(member: Type, value: Plain): boolean {
    const shape = this.#shapeOf(member);
    if (shape.required.has("deleted") && value.deleted !== true) return false;
    return ["object", "type"].every((key) => {
      const type = shape.properties.get(key);
      return !type?.isStringLiteralType() || type.value === value[key];
    });
  }

  #members(type: Type): readonly Type[] {
    return type.isUnionType() ? type.getTypes() : [type];
  }

  #element(type: Type): Type | undefined {
    if (type.getSymbol()?.name !== "Array" || !type.isTypeReference()) return undefined;
    return this.#checker.getTypeArguments(type)[0];
  }

  #shapeOf(type: Type): Shape {
    const known = this.#shapes.get(type.id);
    if (known) return known;
    const symbols = this.#checker.getPropertiesOfType(type);
    const shape: Shape = {
      open: this.#checker.getIndexInfosOfType(type).length > 0,
      properties: new Map(symbols.map((symbol) => [symbol.name, this.#checker.getTypeOfSymbol(symbol)])),
      required: new Set(
        symbols.filter(({ flags }) => !(flags & SymbolFlags.Optional)).map(({ name }) => name),
      ),
    };
    this.#shapes.set(type.id, shape);
    return shape;
  }
}

/** True if a value that is no object may stand where this type is; a decimal is text on the wire. */
function fitsKind(type: Type, value: unknown): boolean {
  const { flags } = type;
  if (value === null) return Boolean(flags & TypeFlags.Null);
  if (typeof value === "number") return Boolean(flags & TypeFlags.NumberLike);
  if (typeof value === "boolean") return Boolean(flags & TypeFlags.BooleanLike);
  // Enumerations are open: beside their values they take any text, as an intersection with it.
  return (
    Boolean(flags & TypeFlags.StringLike) || type.isIntersectionType() || type.getSymbol()?.name === "Decimal"
  );
}
