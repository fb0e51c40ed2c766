/** Pictures that come with the page. Sources and licences in full: public/samples/SOURCES.md. */
export const samples = [
  {
    file: "cat.jpg",
    title: "Cat",
    alt: "A ginger tabby cat, close up",
    credit: "Stéfan van der Walt, CC0",
  },
  {
    file: "coffee.jpg",
    title: "Coffee",
    alt: "A cup of coffee on a wooden table",
    credit: "Rachel Michetti, CC0",
  },
  {
    file: "rocket.jpg",
    title: "Rocket",
    alt: "A rocket lifting off at night",
    credit: "SpaceX, public domain",
  },
  {
    file: "astronaut.jpg",
    title: "Astronaut",
    alt: "An astronaut in an orange suit before a flag and a model of the Space Shuttle",
    credit: "NASA, public domain",
  },
];

export type Sample = (typeof samples)[number];

const urls = import.meta.glob<string>("../public/samples/*.jpg", {
  query: "?url",
  import: "default",
  eager: true,
});

export const sampleUrl = ({ file }: Sample): string => urls[`../public/samples/${file}`] ?? "";
