export const Features = ({ features }: { features: string[] }) => (
  <ul className="text-[0.9375rem] leading-relaxed">
    {features.map((feature) => (
      <li key={feature} className="border-line border-t py-2.5">
        {feature}
      </li>
    ))}
  </ul>
);
