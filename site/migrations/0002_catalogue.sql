INSERT INTO categories (slug, name, description, position) VALUES
    ('vases', 'Vases', 'Thrown tall or turned round, for one stem or a whole hedge.', 1),
    ('bowls', 'Bowls', 'From the first espresso-sized dip to the salad that feeds eight.', 2),
    ('mugs', 'Mugs and cups', 'Handles that fit a hand, rims that fit a mouth.', 3),
    ('plates', 'Plates', 'Flat enough to stack, deep enough for sauce.', 4),
    ('lamps', 'Lamps', 'Stoneware feet and linen shades, wired in the workshop.', 5),
    ('planters', 'Planters', 'Frost-proof, with a saucer that catches what you pour.', 6);

INSERT INTO products (slug, category, name, summary, description, price_cents, stock, is_featured, photo, photo_alt) VALUES
    ('tide-vase', 'vases', 'Tide vase', 'A slim neck and a belly like a pebble, in ash blue.',
     'The Tide vase is thrown in two parts and joined by hand, which is why no two necks are the same. The ash glaze breaks to brown wherever it runs thin.

Holds a single branch upright, or five tulips that lean.',
     6400, 12, true, 'shop/tide-vase.jpg', 'A slim-necked vase in ash blue on a pale table'),
    ('lighthouse-vase', 'vases', 'Lighthouse vase', 'Tall and straight, with one iron stripe.',
     'Forty centimetres of off-white stoneware with a single stripe of iron oxide. Heavy at the foot, so that it stays where you put it, even with a dog in the house.',
     8200, 6, false, 'shop/lighthouse-vase.jpg', 'A tall straight vase in off-white'),
    ('bud-vase', 'vases', 'Bud vase', 'Small, round, and made for one flower.',
     'The first thing our apprentices learn to throw and the last they get bored of. Moss glaze, no two alike. Three in a row look better than one.',
     2400, 40, true, 'shop/bud-vase.jpg', 'A small round vase in moss green'),
    ('harbour-vase', 'vases', 'Harbour vase', 'A wide mouth for a generous bunch.',
     'Made for garden flowers: the mouth is wide, the shoulder holds the stems apart, and the slate glaze makes every colour look deliberate.',
     7200, 9, false, 'shop/harbour-vase.jpg', 'A wide-mouthed vase in slate grey'),
    ('daily-bowl', 'bowls', 'Daily bowl', 'Porridge at seven, soup at one, ice cream at nine.',
     'The bowl we use most at home. The foot is trimmed so that it does not burn your hand, and the rim is rolled so that it does not chip.

Stacks. Dishwasher and microwave safe.',
     2800, 60, true, 'shop/daily-bowl.jpg', 'A round bowl in cream glaze'),
    ('salad-bowl', 'bowls', 'Salad bowl', 'Wide and shallow, for eight.',
     'Thirty-four centimetres across and only nine deep, so the dressing reaches every leaf. The inside is glazed sea green; the outside is left raw.',
     9800, 5, false, 'shop/salad-bowl.jpg', 'A wide shallow bowl in sea green'),
    ('dip-bowl', 'bowls', 'Dip bowl', 'For salt, soy, olives, or keys.',
     'Small enough to be everywhere. Iron glaze inside and out, with the maker’s thumbprint left in the foot.',
     1400, 80, false, 'shop/dip-bowl.jpg', 'A tiny bowl in dark brown'),
    ('fruit-bowl', 'bowls', 'Fruit bowl', 'On a tall foot, so the pears breathe.',
     'A generous bowl on a tall foot. Terracotta slip over stoneware, which gives the warmth of the one and the strength of the other.',
     8600, 7, true, 'shop/fruit-bowl.jpg', 'A footed bowl in terracotta'),
    ('morning-mug', 'mugs', 'Morning mug', 'Three decilitres and a handle for three fingers.',
     'Three decilitres to the rim. The handle is pulled, not cast, and sits where the weight is. The cream glaze turns toffee brown at the edge.',
     2600, 75, true, 'shop/morning-mug.jpg', 'A mug in cream with a brown rim'),
    ('espresso-cup', 'mugs', 'Espresso cup', 'Thick walls keep the second sip as hot as the first.',
     'Sixty millilitres. The walls are thick on purpose. Black satin glaze, white inside, so that you see the crema.',
     1800, 50, false, 'shop/espresso-cup.jpg', 'A small cup in black glaze'),
    ('tea-bowl', 'mugs', 'Tea bowl', 'No handle: warm hands.',
     'A handleless cup in the manner of Korean tea bowls, in celadon. When it is too hot to hold, it is too hot to drink.',
     2200, 30, false, 'shop/tea-bowl.jpg', 'A handleless cup in celadon'),
    ('camp-mug', 'mugs', 'Camp mug', 'Short, wide, hard to knock over.',
     'Made for the edge of a jetty: low and wide with a foot like a curling stone. Rust-red slip, clear glaze.',
     2900, 0, false, 'shop/camp-mug.jpg', 'A short wide mug in rust red'),
    ('supper-plate', 'plates', 'Supper plate', 'Twenty-seven centimetres, with a rim that keeps peas in.',
     'The plate for everything. Flat in the middle, with a rim of exactly one centimetre. Cream glaze over a speckled body.',
     3200, 64, true, 'shop/supper-plate.jpg', 'A large plate in cream glaze'),
    ('side-plate', 'plates', 'Side plate', 'Bread, cake, or a saucer for the Daily bowl.',
     'Eighteen centimetres. Fits under the Daily bowl and on top of the Supper plate, which is why people come back for six more.',
     2100, 70, false, 'shop/side-plate.jpg', 'A small plate in ash blue'),
    ('pasta-plate', 'plates', 'Pasta plate', 'Somewhere between a plate and a bowl.',
     'Deep enough for broth, wide enough to twirl. Moss glaze, unglazed underneath.',
     3600, 22, false, 'shop/pasta-plate.jpg', 'A deep plate in moss green'),
    ('serving-plate', 'plates', 'Serving plate', 'An oval for fish, roast, or a very long cake.',
     'Forty-two centimetres, pressed over a plaster hump and finished by hand. Slate glaze that does not show scratches.',
     7400, 8, false, 'shop/serving-plate.jpg', 'A long oval plate in slate'),
    ('beacon-lamp', 'lamps', 'Beacon lamp', 'A round foot, a linen shade, a warm pool of light.',
     'The foot is thrown, the shade is sewn ten doors down the road. With a cloth-covered cord two metres long and a dimmer you can find in the dark.',
     18900, 4, true, 'shop/beacon-lamp.jpg', 'A table lamp with a round stoneware foot'),
    ('reading-lamp', 'lamps', 'Reading lamp', 'Tall and narrow, for the side of a chair.',
     'Fifty-two centimetres to the socket. It takes little room on a table and throws its light where the book is.',
     22900, 3, false, 'shop/reading-lamp.jpg', 'A tall narrow lamp in ash blue'),
    ('pebble-lamp', 'lamps', 'Pebble lamp', 'Low, heavy and very calm.',
     'A night-time lamp with a foot like a stone from the beach. Satin black glaze.',
     16400, 6, false, 'shop/pebble-lamp.jpg', 'A low lamp with a pebble-shaped foot'),
    ('twin-lamp', 'lamps', 'Twin lamp', 'Made in pairs, sold in pairs.',
     'Two lamps from one lump of clay. As near to twins as hands can make them.',
     34800, 2, false, 'shop/twin-lamp.jpg', 'A lamp with a bottle-shaped foot in celadon'),
    ('window-planter', 'planters', 'Window planter', 'For a sill and three herbs.',
     'Long and low, with a saucer to match. Frost-proof down to minus fifteen.',
     4400, 18, false, 'shop/window-planter.jpg', 'A low planter in terracotta'),
    ('olive-planter', 'planters', 'Olive planter', 'Forty litres, and you will want help lifting it.',
     'Built from coils over three days, dried for three weeks. For a tree that means to stay. Drainage hole, feet, saucer.',
     14800, 3, true, 'shop/olive-planter.jpg', 'A large planter in grey'),
    ('fern-planter', 'planters', 'Fern planter', 'Hangs or stands, as the fern prefers.',
     'Round, light, with three holes for a cord if you want it in the air.',
     3900, 14, false, 'shop/fern-planter.jpg', 'A round planter in moss green'),
    ('cactus-planter', 'planters', 'Cactus planter', 'Small, gritty, well drained.',
     'A small planter with a wide hole. Rust-red outside, raw inside, as a cactus wants it.',
     1900, 35, false, 'shop/cactus-planter.jpg', 'A small planter in rust red');

INSERT INTO articles (slug, title, summary, body, photo, photo_alt, is_published, published_at) VALUES
    ('why-we-fire-with-wood', 'Why we still fire with wood', 'Four times a year we stay awake for two nights. Here is what the kiln gives back.',
     'Four times a year the big kiln is packed to the roof, the door is bricked up, and somebody lights a newspaper under a handful of kindling. Thirty-eight hours later it is white hot inside, and we have fed it two tonnes of spruce by hand.

An electric kiln would do the same with a timer. It would not do *this*.

## What ash does

Wood ash flies through the kiln with the draught and lands on everything that stands in its way. At 1,280 °C it melts, runs, and becomes glaze: a glaze that nobody painted and nobody can repeat. The side of a vase that faced the fire is brown and glossy. The side that faced away is pale and dry.

## What it costs us

- Two nights without sleep.
- One pot in ten, on average. Once, one in two.
- Spruce from the sawmill in the next valley, offcuts that would otherwise be chipped.

## What it gives back

A firing is the one day on which everyone who works here is in the same place at the same time. The soup is good. The decisions that matter get made between three and five in the morning.

> The kiln does not care about your plan. That is the best thing about it.

The next firing opens on the first Saturday of the month. Come and look; the [contact page](/pages/contact) has the address.',
     'journal/kiln-night.jpg', 'A harbour town at dusk, lights on the water', true, now() - interval '12 days'),
    ('how-to-choose-a-vase', 'How to choose a vase (buy three)', 'One is never right. Three are enough for everything that grows.',
     'People ask us which vase to buy, and we answer with a question: what grows where you live?

## A narrow one

For a branch. Hawthorn in April, beech in October, a single gladiolus whenever somebody is sorry. The [Tide vase](/products/tide-vase) was made for this.

## A wide one

For a bunch that was picked, not bought. Wild flowers have thin stems and need shoulders to lean on. The [Harbour vase](/products/harbour-vase) has them.

## A small one

For the flower that broke off. It goes beside the bed or on the sill above the sink, and it is the one you will look at most. [Bud vases](/products/bud-vase) like company: put three in a row.

## And water

Cold, changed every other day. Cut the stems under running water, at a slant, with a knife and not with scissors. That is all there is to it.',
     'journal/meadow.jpg', 'A meadow in flower under summer clouds', true, now() - interval '34 days'),
    ('seconds-sale', 'What becomes of the seconds', 'A pot with a flaw is still a pot. Twice a year we sell them by weight.',
     'A glaze that crawled, a foot that warped by a millimetre, a handle with a fingerprint too many. Nothing that leaks, nothing that cuts: just pots that are not what the drawing said.

We used to break them. Then Ingrid, who has run the shop since the beginning, put a kitchen scale on a table by the door and wrote **12 € a kilo** on a piece of card. They were gone by noon.

Now we do it twice a year, on the Saturday after the spring and the autumn firing. The scale is still the same.

1. Bring a basket; we have newspaper.
2. Come early; the mugs go first.
3. Ask what is wrong with a pot. We will tell you, and it is usually a good story.',
     'journal/still-life.jpg', 'Fruit on a plate in the light of a window', true, now() - interval '61 days'),
    ('a-new-glaze', 'Two years for a green', 'How celadon left, was missed, and came back.',
     'Our old celadon depended on a feldspar from a quarry that closed. We had forty kilos left, then twenty, then a jam jar.

It took two years and a hundred and sixty-one test tiles to find our way back. They hang on a nail in the glaze room, in order, and from a distance they look like the weather: grey, grey, blue, a little green, grey again.

Number 158 was the one. Iron a touch lower, cooling a touch slower, and a local granite dust that a stonemason swept up for us and would take no money for.

You will find it on the [Tea bowl](/products/tea-bowl) first.',
     'journal/mountains.jpg', 'Mountains in the morning mist', true, now() - interval '88 days');

INSERT INTO pages (slug, title, body, form, position) VALUES
    ('about', 'About us',
     'Halden Stoneware is seven people, three wheels and two kilns in a former net loft above a small harbour. We make things for the table and the sill, in small numbers, and we mend what we make.

## How we work

Everything is thrown, turned and glazed here. The clay is a stoneware body from two hundred kilometres away; the glazes are our own. What leaves the house carries two stamps: ours, and that of whoever threw it.

## What we promise

- If it chips within a year in ordinary use, send a photo and we replace it.
- If you break one of a set, we make its sibling.
- If you do not like it, send it back. Nobody will ask why.

## About this site

Halden Stoneware does not exist. This is the reference site of [Sidetier](/pages/colophon): a small, honest shop without a till, which shows how a site behind CloudFront, a load balancer, nginx and web servers is put together. **Nothing here is for sale.**',
     '', 1),
    ('delivery', 'Delivery and returns',
     '| Where | How long | Cost |
|---|---|---|
| In the country | two to three days | 6 €, free from 80 € |
| Europe | four to seven days | 14 €, free from 200 € |
| Anywhere else | ask us | what the post asks for |

Everything is packed in straw and newspaper, in boxes that were boxes before. In eleven years we have lost four parcels and about thirty handles.

## Returns

Thirty days, no questions. Use the box it came in. We pay the postage if we made a mistake; if you changed your mind, you do.

*This is a reference site: nothing is delivered, because nothing is sold.*',
     '', 2),
    ('contact', 'Contact',
     'Write to us about an order, a commission, or a pot that broke. A person reads everything, on working days before four.

**Workshop and shop**: Net loft 3, Old Quay. Open Wednesday to Saturday, eleven to five.',
     'contact', 3),
    ('newsletter', 'Letters from the kiln',
     'Four letters a year, one after each firing: what came out well, what did not, and when the seconds are sold by weight. No more than that.',
     'newsletter', 4),
    ('trade', 'For restaurants',
     'We make tableware for kitchens: stackable, repairable, repeatable for at least ten years. Tell us how many covers you have and what you cook; drawings and photos are welcome.',
     'quote', 5),
    ('colophon', 'Colophon',
     'This site is rendered by web servers written in Rust, reads from PostgreSQL, keeps its answers in Redis, and is cached twice: by nginx and at the edge. Photos become responsive sets in one function and any other size in another. Forms are accepted by a third, which never needs the web servers.

Look at the response headers of this page: `X-Cache` says what the edge did, `X-Proxy-Cache` what nginx did, `Server-Timing` how long the rest took.',
     '', 6);
