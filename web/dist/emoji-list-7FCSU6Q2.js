var _=`# Smileys & Emotion
grinning 128512
smiley 3
smile 
grin -3
laughing satisfied 5
sweat_smile -1
rofl 798
joy -801
slightly_smiling_face 64
upside_down_face 
melting_face 1181
wink -1239
blush 
innocent -3
smiling_face_with_three_hearts 873
heart_eyes -867
star_struck 796
kissing_heart -785
kissing -1
relaxed -118749!
kissing_closed_eyes 118752
kissing_smiling_eyes -1
smiling_face_with_tear 857
yum -871
stuck_out_tongue 16
stuck_out_tongue_winking_eye 
zany_face 782
stuck_out_tongue_closed_eyes -781
money_mouth_face 756
hugs 6
hand_over_mouth 22
face_with_open_eyes_and_hand_over_mouth 437
face_with_peeking_eye 
shushing_face -440
thinking -23
saluting_face 461
zipper_mouth_face -465
raised_eyebrow 24
neutral_face -792
expressionless 
no_mouth 37
dotted_line_face 1199
face_in_clouds 😶+🌫!
smirk -39
unamused 3
roll_eyes 50
grimacing -24
face_exhaling 😮+💨
lying_face 759
shaking_face 451
relieved -1244
pensive 8
sleepy 22
drooling_face 762
sleeping -752
mask 3
face_with_thermometer 731
face_with_head_bandage 3
nauseated_face 13
vomiting_face 12
sneezing_face -7
hot_face 78
cold_face 
woozy_face -2
dizzy_face -831
face_with_spiral_eyes +💫
exploding_head 762
cowboy_hat_face -15
partying_face 83
disguised_face 5
sunglasses -874
nerd_face 773
monocle_face 189
confused -955
face_with_diagonal_mouth 1231
worried -1221
slightly_frowning_face 34
frowning_face -118792!
open_mouth 118773
hushed 
astonished 3
flushed 
pleading_face 839
face_holding_back_tears -1
frowning -851
anguished 
fearful 
cold_sweat 8
disappointed_relieved -11
cry -3
sob 11
scream 4
confounded -27
persevere 13
disappointed -5
sweat -11
weary 22
tired_face 2
yawning_face 838
triumph -845
rage pout -3
angry -1
cursing_face 780
smiling_imp -804
imp -393
skull 
skull_and_crossbones -118368!
hankey poop shit 118409
clown_face 1144
japanese_ogre -1192
japanese_goblin 
ghost 
alien 2
space_invader 
robot 1176
smiley_cat -732
smile_cat -2
joy_cat 
heart_eyes_cat 2
smirk_cat 
kissing_cat 
scream_cat 3
crying_cat_face -1
pouting_cat -1
see_no_evil 10
hear_no_evil 
speak_no_evil 
love_letter -446
cupid 12
gift_heart 5
sparkling_heart -7
heartpulse 
heartbeat -4
revolving_hearts 11
two_hearts -9
heart_decoration 10
heavy_heart_exclamation -118076!
broken_heart 118065
heart_on_fire ❤!+🔥
mending_heart ❤!+🩹
heart 0!
pink_heart 119571
orange_heart -150
yellow_heart -1350
green_heart -1
blue_heart -1
light_blue_heart 1500
purple_heart -1497
brown_heart 1138
black_heart -874
grey_heart 1234
white_heart -361
kiss -1154
100 36
anger -13
boom collision 3
dizzy 6
sweat_drops -5
dash 2
hole 203!
speech_balloon -199
eye_speech_bubble 👁!+🗨!
left_speech_bubble 423!
right_anger_bubble 7!
thought_balloon -322
zzz -9
# People & Body
wave -89
raised_back_of_hand 1231
raised_hand_with_fingers_splayed -906!
hand raised_hand -118405
vulcan_salute 118411
rightwards_hand 1371
leftwards_hand 
palm_down_hand 
palm_up_hand 
leftwards_pushing_hand 3
rightwards_pushing_hand 
ok_hand -1708
pinched_fingers 1216
pinching_hand 3
v -119299!
crossed_fingers 119314
hand_with_index_finger_and_thumb_crossed 466
love_you_gesture -465
metal -7
call_me_hand 
point_left -1233
point_right 
point_up_2 -3
middle_finger fu 335
point_down -334
point_up -118314!
index_pointing_at_the_viewer 120024
+1 thumbsup -1704
-1 thumbsdown 
fist_raised fist -118084
fist_oncoming facepunch punch 118080
fist_left 1233
fist_right 
clap -1229
raised_hands 509
heart_hands 1194
open_hands -1702
palms_up_together 1250
handshake -21
pray -718
writing_hand -118594!
nail_care 118136
selfie 1198
muscle -1161
mechanical_arm 1300
mechanical_leg 
leg -10
foot 
ear -1396
ear_with_hearing_aid 1401
nose -1400
brain 1437
anatomical_heart 224
lungs 
tooth -266
bone -3
eyes -1396
eye !
tongue 4
lips -1
biting_lip 1698
baby -1648
child 1372
boy -1388
girl 
adult 1386
blond_haired_person -1376
man -9
bearded_person 1388
man_beard +♂!
woman_beard +♀!
red_haired_man 👨+🦰
curly_haired_man 👨+🦱
white_haired_man 👨+🦳
bald_man 👨+🦲
woman 
red_haired_woman +🦰
person_red_hair 🧑+🦰
curly_haired_woman 👩+🦱
person_curly_hair 🧑+🦱
white_haired_woman 👩+🦳
person_white_hair 🧑+🦳
bald_woman 👩+🦲
person_bald 🧑+🦲
blond_haired_woman blonde_woman 👱+♀!
blond_haired_man 👱+♂!
older_adult 1378
older_man -1375
older_woman 
frowning_person 472
frowning_man +♂!
frowning_woman +♀!
pouting_face 
pouting_man +♂!
pouting_woman +♀!
no_good -9
no_good_man ng_man +♂!
no_good_woman ng_woman +♀!
ok_person 
ok_man +♂!
ok_woman +♀!
tipping_hand_person information_desk_person -453
tipping_hand_man sassy_man +♂!
tipping_hand_woman sassy_woman +♀!
raising_hand 458
raising_hand_man +♂!
raising_hand_woman +♀!
deaf_person 900
deaf_man +♂!
deaf_woman +♀!
bow -904
bowing_man +♂!
bowing_woman +♀!
facepalm 735
man_facepalming +♂!
woman_facepalming +♀!
shrug 17
man_shrugging +♂!
woman_shrugging +♀!
health_worker 🧑+⚕!
man_health_worker 👨+⚕!
woman_health_worker 👩+⚕!
student 🧑+🎓
man_student 👨+🎓
woman_student 👩+🎓
teacher 🧑+🏫
man_teacher 👨+🏫
woman_teacher 👩+🏫
judge 🧑+⚖!
man_judge 👨+⚖!
woman_judge 👩+⚖!
farmer 🧑+🌾
man_farmer 👨+🌾
woman_farmer 👩+🌾
cook 🧑+🍳
man_cook 👨+🍳
woman_cook 👩+🍳
mechanic 🧑+🔧
man_mechanic 👨+🔧
woman_mechanic 👩+🔧
factory_worker 🧑+🏭
man_factory_worker 👨+🏭
woman_factory_worker 👩+🏭
office_worker 🧑+💼
man_office_worker 👨+💼
woman_office_worker 👩+💼
scientist 🧑+🔬
man_scientist 👨+🔬
woman_scientist 👩+🔬
technologist 🧑+💻
man_technologist 👨+💻
woman_technologist 👩+💻
singer 🧑+🎤
man_singer 👨+🎤
woman_singer 👩+🎤
artist 🧑+🎨
man_artist 👨+🎨
woman_artist 👩+🎨
pilot 🧑+✈!
man_pilot 👨+✈!
woman_pilot 👩+✈!
astronaut 🧑+🚀
man_astronaut 👨+🚀
woman_astronaut 👩+🚀
firefighter 🧑+🚒
man_firefighter 👨+🚒
woman_firefighter 👩+🚒
police_officer cop 5
policeman +♂!
policewoman +♀!
detective 263!
male_detective +♂!
female_detective +♀!
guard -243
guardsman +♂!
guardswoman +♀!
ninja 1269
construction_worker -1280
construction_worker_man +♂!
construction_worker_woman +♀!
person_with_crown 1614
prince -401
princess -1212
person_with_turban -5
man_with_turban +♂!
woman_with_turban +♀!
man_with_gua_pi_mao -1
woman_with_headscarf 1379
person_in_tuxedo -160
man_in_tuxedo +♂!
woman_in_tuxedo +♀!
person_with_veil -1221
man_with_veil +♂!
woman_with_veil bride_with_veil +♀!
pregnant_woman 1216
pregnant_man 403
pregnant_person 
breast_feeding -403
woman_feeding_baby 👩+🍼
man_feeding_baby 👨+🍼
person_feeding_baby 🧑+🍼
angel -1365
santa -247
mrs_claus 1457
mx_claus 🧑+🎄
superhero -25
superhero_man +♂!
superhero_woman +♀!
supervillain 
supervillain_man +♂!
supervillain_woman +♀!
mage 32
mage_man +♂!
mage_woman +♀!
fairy 
fairy_man +♂!
fairy_woman +♀!
vampire 
vampire_man +♂!
vampire_woman +♀!
merperson 
merman +♂!
mermaid +♀!
elf 
elf_man +♂!
elf_woman +♀!
genie 
genie_man +♂!
genie_woman +♀!
zombie 
zombie_man +♂!
zombie_woman +♀!
troll -19
massage -1350
massage_man +♂!
massage_woman +♀!
haircut 
haircut_man +♂!
haircut_woman +♀!
walking 559
walking_man +♂!
walking_woman +♀!
standing_person 791
standing_man +♂!
standing_woman +♀!
kneeling_person 
kneeling_man +♂!
kneeling_woman +♀!
person_with_probing_cane 🧑+🦯
man_with_probing_cane 👨+🦯
woman_with_probing_cane 👩+🦯
person_in_motorized_wheelchair 🧑+🦼
man_in_motorized_wheelchair 👨+🦼
woman_in_motorized_wheelchair 👩+🦼
person_in_manual_wheelchair 🧑+🦽
man_in_manual_wheelchair 👨+🦽
woman_in_manual_wheelchair 👩+🦽
runner running -166
running_man +♂!
running_woman +♀!
woman_dancing dancer 192
man_dancing 247
business_suit_levitating -6!
dancers -261
dancing_men +♂!
dancing_women +♀!
sauna_person 1383
sauna_man +♂!
sauna_woman +♀!
climbing 
climbing_man +♂!
climbing_woman +♀!
person_fencing -157
horse_racing -1395
skier -117968!
snowboarder 117963
golfing 10!
golfing_man +♂!
golfing_woman +♀!
surfer -8
surfing_man +♂!
surfing_woman +♀!
rowboat 735
rowing_man +♂!
rowing_woman +♀!
swimmer -729
swimming_man +♂!
swimming_woman +♀!
bouncing_ball_person -117969!
bouncing_ball_man basketball_man +♂!
bouncing_ball_woman basketball_woman +♀!
weight_lifting 117970!
weight_lifting_man +♂!
weight_lifting_woman +♀!
bicyclist 745
biking_man +♂!
biking_woman +♀!
mountain_bicyclist 
mountain_biking_man +♂!
mountain_biking_woman +♀!
cartwheeling 643
man_cartwheeling +♂!
woman_cartwheeling +♀!
wrestling 4
men_wrestling +♂!
women_wrestling +♀!
water_polo 
man_playing_water_polo +♂!
woman_playing_water_polo +♀!
handball_person 
man_playing_handball +♂!
woman_playing_handball +♀!
juggling_person -5
man_juggling +♂!
woman_juggling +♀!
lotus_position 159
lotus_position_man +♂!
lotus_position_woman +♀!
bath -792
sleeping_bed 12
people_holding_hands 🧑+🤝+🧑
two_women_holding_hands -1380
couple -2
two_men_holding_hands 
couplekiss 35
couplekiss_man_woman 👩+❤!+💋+👨
couplekiss_man_man 👨+❤!+💋+👨
couplekiss_woman_woman 👩+❤!+💋+👩
couple_with_heart 40
couple_with_heart_woman_man 👩+❤!+👨
couple_with_heart_man_man 👨+❤!+👨
couple_with_heart_woman_woman 👩+❤!+👩
family 
family_man_woman_boy 👨+👩+👦
family_man_woman_girl 👨+👩+👧
family_man_woman_girl_boy +👦
family_man_woman_boy_boy 👨+👩+👦+👦
family_man_woman_girl_girl 👨+👩+👧+👧
family_man_man_boy 👨+👨+👦
family_man_man_girl 👨+👨+👧
family_man_man_girl_boy +👦
family_man_man_boy_boy 👨+👨+👦+👦
family_man_man_girl_girl 👨+👨+👧+👧
family_woman_woman_boy 👩+👩+👦
family_woman_woman_girl 👩+👩+👧
family_woman_woman_girl_boy +👦
family_woman_woman_boy_boy 👩+👩+👦+👦
family_woman_woman_girl_girl 👩+👩+👧+👧
family_man_boy 👨+👦
family_man_boy_boy +👦
family_man_girl 👨+👧
family_man_girl_boy +👦
family_man_girl_girl +👧
family_woman_boy 👩+👦
family_woman_boy_boy +👦
family_woman_girl 👩+👧
family_woman_girl_boy +👦
family_woman_girl_girl +👧
speaking_head 378!
bust_in_silhouette -383
busts_in_silhouette 
people_hugging 1629
footprints -1631
# Animals & Nature
monkey_face -46
monkey -35
gorilla 1403
orangutan 26
dog -1393
dog2 -33
guide_dog 1433
service_dog 🐕+🦺
poodle 20
wolf 17
fox_face 1360
raccoon 19
cat -1388
cat2 -41
black_cat +⬛
lion 1401
tiger -1362
tiger2 -42
leopard 
horse 46
moose 1690
donkey 
racehorse -1729
unicorn 1398
zebra 15
deer -7
bison 32
cow -1406
ox -44
water_buffalo 
cow2 
pig 51
pig2 -33
boar 
pig_nose 38
ram -46
sheep 2
goat -1
dromedary_camel 26
camel 
llama 1390
giraffe -7
elephant -1402
mammoth 1419
rhinoceros -20
hippopotamus 12
mouse -1390
mouse2 -44
rat -1
hamster 57
rabbit -9
rabbit2 -41
chipmunk 56!
beaver 1388
hedgehog -23
bat -13
bear -1356
polar_bear +❄!
koala -19
panda_face 20
sloth 1385
otter 
skunk 2
kangaroo -16
badger 9
feet paw_prints -1379
turkey 1349
chicken -1391
rooster -1
hatching_chick 16
baby_chick 
hatched_chick 
bird 
penguin 
dove 291!
eagle 1083
duck 
swan 28
owl -25
dodo 27
feather 274
flamingo -269
peacock -15
parrot 2
wing 289
black_bird 🐦+⬛
goose 1689
frog -1671
crocodile -46
turtle 24
lizard 1388
snake -1409
dragon_face 37
dragon -41
sauropod 1420
t-rex 
whale -1379
whale2 -40
dolphin flipper 33
seal 1409
fish -1422
tropical_fish 
blowfish 
shark 1383
octopus -1391
shell 
coral 1694
jellyfish 4
snail -1712
butterfly 1407
bug -1392
ant 
bee honeybee 
beetle 1685
lady_beetle -1684
cricket 1401
cockroach 284
spider -1340!
spider_web !
scorpion 1034
mosquito 29
fly 273
worm 
microbe -273
bouquet -1296
cherry_blossom -344
white_flower 374
lotus 1545
rosette -1730!
rose -188
wilted_flower 1543
hibiscus -1542
sunflower 
blossom 
tulip -5
hyacinth 1924
seedling -1930
potted_plant 1923
evergreen_tree -1922
deciduous_tree 
palm_tree 
cactus 
ear_of_rice 9
herb 
shamrock -118055!
four_leaf_clover 118056
maple_leaf 
fallen_leaf 
leaves 
empty_nest 1910
nest_with_eggs 
mushroom -1910
# Food & Drink
grapes 3
melon 
watermelon 
tangerine orange mandarin 
lemon 
banana 
pineapple 
mango 1568
apple -1567
green_apple 
pear 
peach 
cherries 
strawberry 
blueberries 1917
kiwi_fruit -371
tomato -1560
olive 1933
coconut -365
avocado -20
eggplant -1547
potato 1550
carrot 
corn -1560
hot_pepper -7!
bell_pepper 1947
cucumber -383
leafy_green 26
broccoli -6
garlic 94
onion 
peanuts -105
beans 380
chestnut -1960
ginger_root 1962
pea_pod 
bread -1917
croissant 1522
baguette_bread 6
flatbread 381
pretzel -363
bagel 7
pancakes -17
waffle 105
cheese -7
meat_on_bone -1642
poultry_leg 
cut_of_meat 1554
bacon -22
hamburger -1535
fries 11
pizza -10
hotdog -40
sandwich 1597
taco -1596
burrito 
tamale 1957
stuffed_flatbread -379
falafel 109
egg -108
fried_egg -1511
shallow_pan_of_food 1509
stew -1510
fondue 1891
bowl_with_spoon -370
green_salad -12
popcorn -1496
butter 1609
salt -6
canned_food -87
bento -1530
rice_cracker -25
rice_ball 
rice 
curry 
ramen 
spaghetti 
sweet_potato 3
oden 2
sushi 
fried_shrimp 
fish_cake 
moon_cake 1545
dango -1549
dumpling 1534
fortune_cookie 
takeout_box 
crab 31
lobster 30
shrimp -14
squid 
oyster 25
icecream -1604
shaved_ice 
ice_cream 
doughnut 
cookie 
birthday 24
cake -18
cupcake 1617
pie -90
chocolate_bar -1532
candy 
lollipop 
custard 
honey_pot 
baby_bottle 13
milk_glass 1503
coffee -119622
teapot 120001
tea -1889
sake 
champagne 8
wine_glass -7
cocktail 
tropical_drink 
beer 
beers 
clinking_glasses 1479
tumbler_glass 
pouring_liquid 404
cup_with_straw -371
bubble_tea 103
beverage_box -8
mate 6
ice_cube 
chopsticks -104
plate_with_cutlery -1509!
fork_and_knife -9
spoon 1488
hocho knife -1050
jar 1455
amphora -1759
# Travel & Places
earth_africa -237
earth_americas 
earth_asia 
globe_with_meridians 
world_map 746!
japan 4
compass 1007
mountain_snow -1561!
mountain -117988!
volcano 117787
mount_fuji 752
camping -550!
beach_umbrella !
desert 6!
desert_island !
national_park !
stadium !
classical_building -4!
building_construction -4!
bricks 1562
rock 183
wood 13
hut -991
houses -766!
derelict_house 2!
house 6
house_with_garden 
office 
post_office 
european_post_office 
hospital 
bank 
hotel 2
love_hotel 
convenience_store 
school 
department_store 
factory 
japanese_castle 2
european_castle 
wedding 162
tokyo_tower 362
statue_of_liberty 
church -118547
mosque 118370
hindu_temple 393
synagogue -392
shinto_shrine -118372!
kaaba 118370
fountain -118361
tent 8
foggy 117767
night_with_stars 2
cityscape 214!
sunrise_over_mountains -213
sunrise 
city_sunset 
city_sunrise 
bridge_at_night 2
hotsprings -117921!
carousel_horse 118072
playground_slide 829
ferris_wheel -828
roller_coaster 
barber 230
circus_tent -222
steam_locomotive 728
railway_car 
bullettrain_side 
bullettrain_front 
train2 
metro 
light_rail 
station 
tram 
monorail 19
mountain_railway 
train -19
bus 
oncoming_bus 
trolleybus 
minibus 2
ambulance 
fire_engine 
police_car 
oncoming_police_car 
taxi 
oncoming_taxi 
car red_car 
oncoming_automobile 
blue_car 
pickup_truck 98
truck -97
articulated_lorry 
tractor 
racing_car -718!
motorcycle -1!
motor_scooter 808
manual_wheelchair 712
motorized_wheelchair -1
auto_rickshaw -706
bike -72
kick_scooter 66
skateboard 5
roller_skate 3
busstop -109
motorway 84!
railway_track !
oil_drum -2!
fuelpump -118757
wheel 118753
rotating_light -54
traffic_light -3
vertical_traffic_light 
stop_sign 43
construction -42
anchor -118804
ring_buoy 118860
boat sailboat -118762
canoe 118785
speedboat -82
passenger_ship 79!
ferry -118783!
motor_boat 118769!
ship -67
airplane -118682!
small_airplane 118753!
flight_departure 2
flight_arrival 
parachute 918
seat -1480
helicopter 455
suspension_railway 30
mountain_cableway 
aerial_tramway 
artificial_satellite 79!
rocket -112
flying_saucer 120
bellhop_bell -42!
luggage 805
hourglass -120536
hourglass_flowing_sand 216
watch -217
alarm_clock 214
stopwatch !
timer_clock !
mantelpiece_clock 119166!
clock12 -21
clock1230 12
clock1 -23
clock130 12
clock2 -11
clock230 12
clock3 -11
clock330 12
clock4 -11
clock430 12
clock5 -11
clock530 12
clock6 -11
clock630 12
clock7 -11
clock730 12
clock8 -11
clock830 12
clock9 -11
clock930 12
clock10 -11
clock1030 12
clock11 -11
clock1130 12
new_moon -597
waxing_crescent_moon 
first_quarter_moon 
moon waxing_gibbous_moon 
full_moon 
waning_gibbous_moon 
last_quarter_moon 
waning_crescent_moon 
crescent_moon 
new_moon_with_face 
first_quarter_moon_with_face 
last_quarter_moon_with_face 
thermometer 5!
sunny -118049!
full_moon_with_face 118045
sun_with_face 
ringed_planet 1906
star -118592
star2 116687
stars 
milky_way -20
cloud -118027!
partly_sunny 196
cloud_with_lightning_and_rain 3!
sun_behind_small_cloud 117852!
sun_behind_large_cloud !
sun_behind_rain_cloud !
cloud_with_rain !
cloud_with_snow !
cloud_with_lightning !
tornado !
fog !
wind_face !
cyclone -44
rainbow 8
closed_umbrella -6
open_umbrella -118016!
umbrella 18
parasol_on_ground 221!
zap -80
snowflake 163!
snowman_with_snow -321!
snowman 193
comet -192!
fire 118561
droplet -126
ocean -413
# Activities
jack_o_lantern 121
christmas_tree 
fireworks 2
sparkler 
firecracker 1633
sparkles -119488
balloon 117856
tada 
confetti_ball 
tanabata_tree 
bamboo 2
dolls 
flags 
wind_chime 
rice_scene 
red_envelope 1622
ribbon -1639
gift 
reminder_ribbon 22!
tickets 8!
ticket 12
medal_military -21!
trophy 48
medal_sports -1
1st_place_medal 1410
2nd_place_medal 
3rd_place_medal 
soccer -119436
baseball 
softball 119440
basketball -1422
volleyball 16
football -8
rugby_football 
tennis -11
flying_disc 1425
bowling -1436
cricket_game 28
field_hockey 2
ice_hockey 
lacrosse 1403
ping_pong -1402
badminton 37
boxing_glove 1362
martial_arts_uniform 
goal_net -6
golf -119378
ice_skate 5!
fishing_pole_and_fish 117931
diving_mask 1436
running_shirt_with_sash -1410
ski 2
sled 824
curling_stone 597
dart -1437
yo_yo 1745
kite 
gun -1366
8ball -378
crystal_ball 381
magic_wand 1366
video_game -1750
joystick 459!
slot_machine -457
game_die 2
jigsaw 1591
teddy_bear 15
pinata 141
mirror_ball 36
nesting_dolls -35
spades -119846!
hearts 5!
diamonds !
clubs -3!
chess_pawn -4!
black_joker 117360
mahjong -203
flower_playing_cards 944
performing_arts -7
framed_picture 527!
art -532
thread 1613
sewing_needle 172
yarn -171
knot 172
# Objects
eyeglasses -1615
dark_sunglasses 291!
goggles 1031
lab_coat -1
safety_vest 62
necktie -1382
shirt tshirt 
jeans 
scarf 1421
gloves 
coat 
socks 
dress -1423
kimono 
sari 1315
one_piece_swimsuit 246
swim_brief 
shorts 
bikini -1562
womans_clothes 
folding_hand_fan 1619
purse -1618
handbag 
pouch 
shopping 624!
school_satchel -827
thong_sandal 1762
mans_shoe shoe -1558
athletic_shoe 
hiking_boot 1311
flat_shoe 
high_heel -1311
sandal 
ballet_shoes 1551
boot -1550
hair_pick 1612
crown -1629
womans_hat 
tophat -169
mortar_board -22
billed_cap 1615
military_helmet 180
rescue_worker_helmet -119749!
prayer_beads 118318
lipstick -123
ring 9
gem 
mute 121
speaker 
sound 
loud_sound 
loudspeaker -40
mega 
postal_horn 12
bell 37
no_bell 
musical_score -345
musical_note -7
notes 
studio_microphone -29!
level_slider !
control_knobs !
microphone 9
headphones 3
radio 340
saxophone -324
accordion 1760
guitar -1759
musical_keyboard 
trumpet 
violin 
banjo 1754
drum -340
long_drum 343
maracas -17
flute 
iphone -1431
calling 
phone telephone -118500!
telephone_receiver 118480
pager 
fax 
battery 43
low_battery 1440
electric_plug -1439
computer -81
desktop_computer 234!
printer 3!
keyboard -119424!
computer_mouse 119433!
trackball !
minidisc -245
floppy_disk 
cd 
dvd 
abacus 1326
movie_camera -1609
film_strip -7!
film_projector 351!
clapper -337
tv 334
camera -3
camera_flash 
video_camera 
vhs 3
mag 17
mag_right 
candle 97!
bulb -206
flashlight 133
izakaya_lantern lantern -312
diya_lamp 1702
notebook_with_decorative_cover -1472
closed_book 
book open_book 
green_book 
blue_book 
orange_book 
books 
notebook -7
ledger -1
page_with_curl -15
scroll 25
page_facing_up -24
newspaper 44
newspaper_roll 238!
bookmark_tabs -269
bookmark 69
label -287!
moneybag 185
coin 1513
yen -1509
dollar 
euro 
pound 
money_with_wings 
credit_card -5
receipt 1355
chart -1349
envelope -118192!
email e-mail 118238
incoming_envelope 
envelope_with_arrow 
outbox_tray -5
inbox_tray 
package 
mailbox 5
mailbox_closed -1
mailbox_with_mail 2
mailbox_with_no_mail 
postbox 
ballot_box 261!
pencil2 -118500!
black_nib 3!
fountain_pen 118393!
pen -1!
paintbrush 2!
crayon !
memo pencil -176
briefcase -33
file_folder 5
open_file_folder 
card_index_dividers 256!
date -253
calendar 
spiral_notepad 268!
spiral_calendar !
card_index -268
chart_with_upwards_trend 
chart_with_downwards_trend 
bar_chart 
clipboard 
pushpin 
round_pushpin 
paperclip 
paperclips 185!
straight_ruler -184
triangular_ruler 
scissors -118222!
card_file_box 118465!
file_cabinet !
wastebasket 13!
lock -191
unlock 
lock_with_ink_pen -4
closed_lock_with_key 
key 
old_key 204!
hammer -181
axe 1387
pick -119748!
hammer_and_pick -61!
hammer_and_wrench 118862!
dagger -255!
crossed_swords -118605!
bomb 118287
boomerang 1504
bow_and_arrow -1674
shield 744!
carpentry_saw 953
wrench -1395
screwdriver 1396
nut_and_bolt -1394
gear -118416!
clamp 118595!
balance_scale -118598!
probing_cane 119577
link -1176
chains -118340!
hook 119754
toolbox -173
magnet 2
ladder 170
alembic -119813!
test_tube 119635
petri_dish 
dna 
microscope -1216
telescope 
satellite -76
syringe -88
drop_of_blood 1519
pill -1518
adhesive_bandage 1519
crutch 3
stethoscope -2
x_ray 
door -977
elevator 45
mirror 967
window 
bed -976!
couch_and_lamp -4!
chair 966
toilet -980
plunger 995
shower -993
bathtub 2
mouse_trap 995
razor -18
lotion_bottle -158
safety_pin 3
broom 2
basket 
roll_of_paper 
bucket 168
soap -167
bubbles 235
toothbrush -66
sponge -168
fire_extinguisher -14
shopping_cart -797
smoking -38
coffin -118780!
headstone 119798
funeral_urn -119797!
nazar_amulet 119630
hamsa 173
moyai -1197
placard 1192
identification_card 3
# Symbols
atm -1731
put_litter_in_its_place 711
potable_water 2
wheelchair -118833
mens 118842
womens 
restroom 
baby_symbol 
wc 2
passport_control 4
customs 
baggage_claim 
left_luggage 
warning -118821!
children_crossing 118808
no_entry -118756
no_entry_sign 118743
no_bicycles 8
no_smoking -6
do_not_litter 2
non-potable_water 2
no_pedestrians 6
no_mobile_phones -450
underage 41
radioactive -118524!
biohazard !
arrow_up 1251!
arrow_upper_right -2415!
arrow_right 1546!
arrow_lower_right -1545!
arrow_down 2415!
arrow_lower_left -2414!
arrow_left 2412!
arrow_upper_left -2415!
arrow_up_down -1!
left_right_arrow -1!
leftwards_arrow_with_hook 21!
arrow_right_hook !
arrow_heading_up 1930!
arrow_heading_down !
arrows_clockwise 117710
arrows_counterclockwise 
back 21
end 
on 
soon 
top 
place_of_worship 435
atom_symbol -118837!
om 118446!
star_of_david -118312!
wheel_of_dharma -233!
yin_yang -9!
latin_cross 238!
orthodox_cross -247!
star_and_crescent 4!
peace_symbol 4!
menorah 118560
six_pointed_star -31
khanda 1408
aries -119911
taurus 
gemini 
cancer 
leo 
virgo 
libra 
scorpius 
sagittarius 
capricorn 
aquarius 
pisces 
ophiuchus 123
twisted_rightwards_arrows 118322
repeat 
repeat_one 
arrow_forward -118604!
fast_forward -461
next_track_button 4!
play_or_pause_button 2!
arrow_backward 465!
rewind -470
previous_track_button 4!
arrow_up_small 119118
arrow_double_up -119121
arrow_down_small 119122
arrow_double_down -119121
pause_button 12!
stop_button !
record_button !
eject_button -43!
cinema 118743
low_brightness 351
high_brightness 
signal_strength -16
wireless 486
vibration_mode -489
mobile_phone_off 
female_sign -118452!
male_sign 2!
transgender_symbol 101!
heavy_multiplication_x 111!
heavy_plus_sign 127
heavy_minus_sign 
heavy_division_sign 
heavy_equals_sign 118873
infinity -119154!
bangbang -1602!
interrobang 13!
question 1802
grey_question 
grey_exclamation 
exclamation heavy_exclamation_mark 2
wavy_dash 2265!
currency_exchange 115841
heavy_dollar_sign 
medical_symbol -118301!
recycle -26!
fleur_de_lis 33!
trident 118421
name_badge -86
beginner 85
o -117211
white_check_mark -1104
ballot_box_with_check -244!
heavy_check_mark 259!
x 56
negative_squared_cross_mark 2
curly_loop 98
loop 15
part_alternation_mark 2174!
eight_spoked_asterisk -2314!
eight_pointed_black_star !
sparkle 19!
copyright -9886!
registered 5!
tm 8308!
hash #!⃣
asterisk *!⃣
zero 0!⃣
one 1!⃣
two 2!⃣
three 3!⃣
four 4!⃣
five 5!⃣
six 6!⃣
seven 7!⃣
eight 8!⃣
nine 9!⃣
keycap_ten 128230
capital_abcd 
abcd 
1234 
symbols 
abc 
a -948!
ab 30
b -29!
cl 32
cool 
free 
information_source -118874!
id 118875
m -117970!
new 117971
ng 
o2 -24!
ok 25
parking -24!
sos 25
up 
vs 
koko 103
sa !
u6708 53!
u6709 -1
u6307 -7
ideograph_advantage 33
u5272 -23
u7121 -31
u7981 24
accept 31
u7533 -25
u5408 -4
u7a7a -1
congratulations -114588!
secret 2!
u55b6 114593
u6e80 -5
red_circle 767
orange_circle 684
yellow_circle 
green_circle 
large_blue_circle -685
purple_circle 686
brown_circle 
black_circle -119097
white_circle -1
red_square 119099
orange_square 2
yellow_square 
green_square 
blue_square -3
purple_square 4
brown_square 
black_large_square -117968
white_large_square 
black_medium_square -1312!
white_medium_square -1!
black_medium_small_square 3
white_medium_small_square -1
black_small_square -83!
white_small_square !
large_orange_diamond 118667
large_blue_diamond 
small_orange_diamond 
small_blue_diamond 
small_red_triangle 
small_red_triangle_down 
diamond_shape_with_a_dot_inside -155
radio_button 120
white_square_button 27
black_square_button -1
# Flags
checkered_flag -369
triangular_flag_on_post 744
crossed_flags -797
black_flag 104
white_flag -1!
rainbow_flag +🌈
transgender_flag +⚧!
pirate_flag 🏴+☠!
england 🏴󠁧󠁢󠁥󠁮󠁧󠁿
scotland 🏴󠁧󠁢󠁳󠁣󠁴󠁿
wales 🏴󠁧󠁢󠁷󠁬󠁳󠁿
@ACADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNcnCOCPCRCUCVCWCXCYCZDEdeDGDJDKDMDODZEAECEEEGEHERESesETEUeuFIFJFKFMFOFRfrGAGBgbukGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUICIDIEILIMINIOIQIRISITitJEJMJOJPjpKEKGKHKIKMKNKPKRkrKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRUruRWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTATCTDTFTGTHTJTKTLTMTNTOTRtrTTTVTWTZUAUGUMUNUSusUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW`;export{_ as default};
