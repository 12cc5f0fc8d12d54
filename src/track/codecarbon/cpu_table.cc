// Thermal design power of processors, in watts, by family. The numbers are the makers', as the file cpu_power.csv of
// CodeCarbon 3.3.2 (MIT licence) collects them; those of servers, workstations and PCs since about 2014.
#include <algorithm>
#include <cctype>
#include <set>
#include <string>

#include "src/track/codecarbon/power_models.h"

namespace baton::track::carbon {

namespace {

struct CpuFamily {
  std::string_view name;
  int watts;
  std::string_view models;  ///< parted by commas
};

constexpr CpuFamily kFamilies[] = {
    {"AMD EPYC", 50, "Embedded 3251"},
    {"AMD EPYC", 65, "4124P,4244P,4245P,4344P,4345P,4464P,4465P,4545P"},
    {"AMD EPYC", 80, "8024PN"},
    {"AMD EPYC", 90, "8024P"},
    {"AMD EPYC", 100, "8124PN"},
    {"AMD EPYC", 105, "4364P"},
    {"AMD EPYC", 120, "4484PX,4584PX,7203,7203P,7232P,7251,7252,7272,7282,8224PN"},
    {"AMD EPYC", 125, "8124P,9015,9115"},
    {"AMD EPYC", 130, "7303,7303P,8324PN"},
    {"AMD EPYC", 155, "7262,7302,7302P,7313,7313P,7352,7452,8434PN"},
    {"AMD EPYC", 160, "8224P"},
    {"AMD EPYC", 170, "4564P,4565P,4585PX,7261,7281,7301,7351,7351P,7401,7401P,7501"},
    {"AMD EPYC", 175, "8534PN"},
    {"AMD EPYC", 180, "72F3,7402,7402P,7413,7451,7502,7502P,7551,7551P,7601,7F32,8324P"},
    {"AMD EPYC", 190, "7343"},
    {"AMD EPYC", 200, "7371,7443,7443P,7513,7532,7552,7702,7702P,8434P,8534P,9124,9135,9224,9254,9255"},
    {"AMD EPYC", 210, "9334,9335"},
    {"AMD EPYC", 225, "7453,7542,7543,7543P,7642,7643,7643P,7662,7713,7713P,7742,7R13"},
    {"AMD EPYC", 240, "7373X,73F3,7473X,74F3,7663,7663P,7B12,7F52,7F72"},
    {"AMD EPYC", 280, "7573X,75F3,7763,7773X,7H12,9354,9354P,9355,9355P,9534"},
    {"AMD EPYC", 290, "9454,9454P,9634"},
    {"AMD EPYC", 300, "9365,9455,9455P,9535"},
    {"AMD EPYC", 320, "9174F,9175F,9184X,9274F,9275F,9374F,9375F,9384X,9645"},
    {"AMD EPYC", 340, "9734"},
    {"AMD EPYC", 360, "9474F,9554,9554P,9555,9555P,9654,9654P,9754,9754S"},
    {"AMD EPYC", 390, "9825,9845"},
    {"AMD EPYC", 400, "9475F,9565,9575F,9655,9655P,9684X,9745"},
    {"AMD EPYC", 500, "9755,9965"},
    {"AMD Ryzen Threadripper PRO", 280, "3945WX,3955WX,3975WX,3995WX,5945WX,5955WX,5965WX,5975WX,5995WX"},
    {"AMD Ryzen Threadripper PRO", 350,
     "7945WX,7955WX,7965WX,7975WX,7985WX,7995WX,9945WX,9955WX,9965WX,9975WX,9985WX,9995WX"},
    {"AMD Ryzen Threadripper", 125, "1900"},
    {"AMD Ryzen Threadripper", 140, "1920"},
    {"AMD Ryzen Threadripper", 180, "1900X,1920X,1940,1940X,1950,1950X,2920X,2950X"},
    {"AMD Ryzen Threadripper", 250, "2970WX,2990WX"},
    {"AMD Ryzen Threadripper", 280, "3960X,3970X,3980X,3990X"},
    {"AMD Ryzen Threadripper", 350, "7960X,7970X,7980X,9960X,9970X,9980X"},
    {"AMD Ryzen 3", 15,
     "3200U,3250C,3250U,3300U,3350U,4300U,5125C,5300U,5400U,5425C,5425U,7320C,7320U,7330U,"
     "PRO 3300U,PRO 4450U,PRO 5450U,PRO 5475U,PRO 7330U"},
    {"AMD Ryzen 3", 28, "7335U,7440U,8440U"},
    {"AMD Ryzen 3", 35, "4300GE,5305GE,8300GE,PRO 3200GE,PRO 4350GE,PRO 4355GE,PRO 5350GE,PRO 5355GE,PRO 8300GE"},
    {"AMD Ryzen 3", 65,
     "3100,3200G,3300X,4100,4300G,5305G,8300G,PRO 3200G,PRO 4350G,PRO 4355G,PRO 5350G,PRO 5355G,"
     "PRO 8300G"},
    {"AMD Ryzen 5", 15,
     "3450U,3500C,3500U,3580U,4500U,4600U,5500U,5560U,5600U,5625C,5625U,7430U,7520C,7520U,"
     "7530U,PRO 3500U,PRO 4650U,PRO 5650U,PRO 5675U,PRO 7530U"},
    {"AMD Ryzen 5", 28, "7535U,7540U,7545U,7640U,8540U,8640HS,8640U,PRO 8540U,PRO 8640HS,PRO 8640U"},
    {"AMD Ryzen 5", 35,
     "3550H,4600GE,4600HS,5600GE,5600HS,5605GE,8500GE,PRO 3350GE,PRO 3400GE,PRO 4650GE,PRO 4655GE,"
     "PRO 5650GE,PRO 5655GE,PRO 6650HS,PRO 8500GE,PRO 8600GE"},
    {"AMD Ryzen 5", 45, "4600H,5500H,5600H,6600H,7235HS,8645HS,PRO 6650H,PRO 8645HS"},
    {"AMD Ryzen 5", 54, "7533HS,7535HS,7640HS"},
    {"AMD Ryzen 5", 55, "7645HX"},
    {"AMD Ryzen 5", 65,
     "3400G,3500X,3600,4500,4600G,5500,5500GT,5600,5600G,5600GT,5600T,5600X,5600XT,5605G,"
     "7400F,7500F,7600,7600X3D,8400F,8500G,8600G,9600,9600X,PRO 3350G,PRO 3400G,PRO 3600,"
     "PRO 4650G,PRO 4655G,PRO 5645,PRO 5650G,PRO 5655G,PRO 7645,PRO 8500G,PRO 8600G"},
    {"AMD Ryzen 5", 95, "3600X,3600XT"},
    {"AMD Ryzen 5", 105, "5600X3D,7600X"},
    {"AMD Ryzen 7", 15,
     "3700C,3700U,3780U,4700U,4800U,5700U,5800U,5825C,5825U,7730U,PRO 3700U,PRO 4750U,PRO 5850U,"
     "PRO 5875U,PRO 7730U"},
    {"AMD Ryzen 7", 28, "7735U,7840U,8840HS,8840U,PRO 6860Z,PRO 8840HS,PRO 8840U"},
    {"AMD Ryzen 7", 35,
     "3750H,4700GE,5700GE,5705GE,5800HS,6800HS,PRO 4750GE,PRO 5750GE,PRO 5755GE,PRO 6850HS,"
     "PRO 8700GE"},
    {"AMD Ryzen 7", 45, "4800H,4800HS,5800H,6800H,7435HS,8845HS,PRO 6850H,PRO 8845HS"},
    {"AMD Ryzen 7", 54, "7735HS,7840HS"},
    {"AMD Ryzen 7", 55, "7745HX,7840HX,8745HX,8840HX"},
    {"AMD Ryzen 7", 65,
     "3700X,4700G,5700,5700G,5700X,5705G,7700,8700F,8700G,9700X,PRO 3700,PRO 4750G,PRO 5750G,"
     "PRO 5755G,PRO 5845,PRO 7745,PRO 8700G"},
    {"AMD Ryzen 7", 105, "3800X,3800XT,5700X3D,5800X,5800X3D,5800XT,7700X"},
    {"AMD Ryzen 7", 120, "7800X3D,9800X3D"},
    {"AMD Ryzen 9", 35, "4900HS,5900HS,5980HS,6980HS,PRO 6950HS"},
    {"AMD Ryzen 9", 45, "5900HX,5980HX,6900HX,6980HX,8945HS,PRO 6950H,PRO 8945HS"},
    {"AMD Ryzen 9", 54, "4900H,7940HS"},
    {"AMD Ryzen 9", 55, "7845HX,7940HX,7945HX,7945HX3D,8940HX,8945HX,9850HX,9955HX,9955HX3D"},
    {"AMD Ryzen 9", 65, "7900,PRO 3900,PRO 5945,PRO 7945"},
    {"AMD Ryzen 9", 105, "3900X,3900XT,3950X,5900X,5900XT,5950X"},
    {"AMD Ryzen 9", 120, "7900X3D,7950X3D,9900X,9900X3D"},
    {"AMD Ryzen 9", 170, "7900X,7950X,9950X,9950X3D"},
    {"Intel Core", 5, "i3-10100Y,i5-8200Y,i7-8500Y"},
    {"Intel Core", 7, "i3-10110Y,i5-10210Y,i5-10310Y,i5-8210Y,i5-8310Y,i7-10510Y"},
    {"Intel Core", 9, "i3-1000NG4"},
    {"Intel Core", 10, "i5-1030NG7"},
    {"Intel Core", 12, "i3-1000G1,i3-1000G4,i5-1030G4,i5-1030G7,i7-1060G7"},
    {"Intel Core", 15,
     "i3-1005G1,i3-10110U,i3-1110G4,i3-1115G4E,i3-1115GRE,i3-1120G4,i3-1215UL,i3-1315UE,i3-1315URE,"
     "i3-8130U,i3-8140U,i3-8145U,i3-8145UE,i5-10210U,i5-10310U,i5-1035G1,i5-1035G4,i5-1035G7,"
     "i5-1130G7,i5-1140G7,i5-1145G7E,i5-1145GRE,i5-1235UL,i5-1245UL,i5-1345UE,i5-1345URE,i5-8250U,"
     "i5-8257U,i5-8260U,i5-8265U,i5-8350U,i5-8365U,i5-8365UE,i7-10510U,i7-10610U,i7-1065G7,"
     "i7-10710U,i7-10810U,i7-1160G7,i7-1180G7,i7-1185G7E,i7-1185GRE,i7-1255UL,i7-1265UL,i7-1365UE,"
     "i7-1365URE,i7-1366URE,i7-8550U,i7-8557U,i7-8565U,i7-8650U,i7-8665U,i7-8665UE"},
    {"Intel Core", 25, "i3-9100HL,i7-9850HL"},
    {"Intel Core", 28,
     "i3-1115G4,i3-1125G4,i3-1320PE,i3-1320PRE,i3-8109U,i3-8121U,i5-1038NG7,i5-1135G7,i5-1145G7,"
     "i5-1155G7,i5-1350PRE,i5-8259U,i5-8269U,i5-8279U,i7-1068G7,i7-1068NG7,i7-11370H,i7-1165G7,"
     "i7-1185G7,i7-1195G7,i7-1360P,i7-1370PE,i7-1370PRE,i7-1375PRE,i7-8559U,i7-8569U"},
    {"Intel Core", 35,
     "i3-10100T,i3-10100TE,i3-10105T,i3-10300T,i3-10305T,i3-13100TE,i3-8100T,i3-8300T,i3-9100T,"
     "i3-9100TE,i3-9300T,i5-10400T,i5-10500T,i5-10500TE,i5-10600T,i5-11300H,i5-11320H,i5-11400T,"
     "i5-11500T,i5-11600T,i5-13500TE,i5-8400T,i5-8420T,i5-8500T,i5-8600T,i5-9400T,i5-9500T,"
     "i5-9500TE,i5-9600T,i7-10700T,i7-10700TE,i7-11375H,i7-11390H,i7-11700T,i7-13700TE,i7-8670T,"
     "i7-8700T,i7-9700T,i7-9700TE,i9-10900T,i9-10900TE,i9-11900T,i9-13900TE,i9-9900T"},
    {"Intel Core", 45,
     "i3-11100HE,i3-13300HE,i3-13300HRE,i3-8100H,i5-10200H,i5-10300H,i5-10400H,i5-10500H,i5-11260H,"
     "i5-11400H,i5-11500H,i5-11500HE,i5-13600HRE,i5-8300H,i5-8400H,i5-9300H,i5-9300HF,i5-9400H,"
     "i7-10750H,i7-10850H,i7-10870H,i7-10875H,i7-10885H,i7-11600H,i7-11800H,i7-11850H,i7-11850HE,"
     "i7-12700H,i7-13800HE,i7-13800HRE,i7-8750H,i7-8850H,i7-9750H,i7-9750HF,i7-9850H,i7-9850HE,"
     "i9-10885H,i9-10980HK,i9-8950HK,i9-9880H,i9-9980HK"},
    {"Intel Core", 55, "i5-1335U,i9-14900HX"},
    {"Intel Core", 60, "i3-13100E"},
    {"Intel Core", 62, "i3-8300,i3-9300,i3-9320"},
    {"Intel Core", 64, "i7-1270P"},
    {"Intel Core", 65,
     "i3-10100,i3-10100E,i3-10100F,i3-10105,i3-10105F,i3-10300,i3-10305,i3-10320,i3-10325,i3-8000,"
     "i3-8020,i3-8100,i3-8100B,i3-8100F,i3-8120,i3-9000,i3-9100,i3-9100E,i3-9100F,i5-10400,"
     "i5-10400F,i5-10500,i5-10500E,i5-10505,i5-10600,i5-11400,i5-11400F,i5-11500,i5-11600,"
     "i5-13400E,i5-13500E,i5-8305G,i5-8400,i5-8400B,i5-8420,i5-8500,i5-8500B,i5-8550,i5-8600,"
     "i5-8650,i5-9400,i5-9400F,i5-9500,i5-9500E,i5-9500F,i5-9600,i7-10700,i7-10700E,i7-10700F,"
     "i7-11700,i7-11700B,i7-11700F,i7-13700E,i7-8670,i7-8700,i7-8700B,i7-8705G,i7-8706G,i7-8709G,"
     "i7-8809G,i7-9700,i7-9700E,i7-9700F,i9-10800F,i9-10900,i9-10900E,i9-10900F,i9-11900,i9-11900F,"
     "i9-13900E,i9-9900"},
    {"Intel Core", 91, "i3-10350K,i3-8350K,i3-9350K,i3-9350KF"},
    {"Intel Core", 95, "i5-8600K,i5-8650K,i5-9600K,i5-9600KF,i7-8086K,i7-8700K,i7-9700K,i7-9700KF,i9-9900K,i9-9900KF"},
    {"Intel Core", 125,
     "i5-10600K,i5-10600KF,i5-11600K,i5-11600KF,i7-10700K,i7-10700KF,i7-11700K,i7-11700KF,i9-10850K,"
     "i9-10900K,i9-10900KF,i9-10910,i9-11900K,i9-11900KF,i9-13900K"},
    {"Intel Core", 127, "i9-9900KS"},
    {"Intel Core", 165,
     "i7-9800X,i9-10900X,i9-10920X,i9-10940X,i9-10980XE,i9-9820X,i9-9900X,i9-9920X,i9-9940X,"
     "i9-9960X,i9-9980XE"},
    {"Intel Core", 190, "i7-12700K"},
    {"Intel Core", 255, "i9-9990XE"},
    {"Intel Core", 380, "i9-10990XE"},
    {"Intel Core Ultra 7", 28, "155H,165H,265H"},
    {"Intel Core Ultra 9", 125, "285K"},
    {"Intel Xeon Bronze", 85, "3104,3106,3204,3206R"},
    {"Intel Xeon Bronze", 125, "3408U,3508U"},
    {"Intel Xeon Silver", 70, "4109T,4209T"},
    {"Intel Xeon Silver", 85, "4106H,4108,4110,4112,4114,4114T,4116,4116T,4208,4210,4214,4214Y,4215"},
    {"Intel Xeon Silver", 95, "4210T"},
    {"Intel Xeon Silver", 100, "4210R,4211W,4214R,4216"},
    {"Intel Xeon Silver", 105, "4123,4309Y,4310T"},
    {"Intel Xeon Silver", 115, "4213W,4510T"},
    {"Intel Xeon Silver", 120, "4310"},
    {"Intel Xeon Silver", 125, "4216R,4509Y"},
    {"Intel Xeon Silver", 130, "4215R"},
    {"Intel Xeon Silver", 135, "4314"},
    {"Intel Xeon Silver", 150, "4316,4410T,4410Y,4510,4514Y"},
    {"Intel Xeon Silver", 165, "4416+"},
    {"Intel Xeon Silver", 185, "4516Y+"},
    {"Intel Xeon Gold", 85, "5115,5119T,5215,5215L,5215M"},
    {"Intel Xeon Gold", 100, "5213W,5215R"},
    {"Intel Xeon Gold", 105, "5117,5118,5120,5120T,5122,5218T,5220T,5222"},
    {"Intel Xeon Gold", 110, "5218N"},
    {"Intel Xeon Gold", 113, "5117F"},
    {"Intel Xeon Gold", 115, "5217,5403N,6128,6222,6222V"},
    {"Intel Xeon Gold", 120, "6122"},
    {"Intel Xeon Gold", 125,
     "5218,5218B,5218R,5219Y,5220,5220S,6126,6126T,6130,6130H,6130T,6138,6138T,6209U,6226,"
     "6230,6230N,6230T,6238T"},
    {"Intel Xeon Gold", 130, "6134,6134M,6234"},
    {"Intel Xeon Gold", 135, "6126F,6130F,6138F,6139,6139M,6262,6262V"},
    {"Intel Xeon Gold", 140, "5315Y,6132,6140,6140M,6152,6238,6238L,6238M"},
    {"Intel Xeon Gold", 145, "5423N,6127M,6145,6159"},
    {"Intel Xeon Gold", 150,
     "5220R,5317,5318H,5318N,5320H,5320T,5415+,5416S,6133,6136,6142,6142M,6144,6147M,6148,"
     "6162,6164,6208U,6210U,6226R,6230R,6240,6240C,6240L,6240M,6240Y,6242,6244,6248,6252,"
     "6252N,6330H"},
    {"Intel Xeon Gold", 155, "6135,6135M"},
    {"Intel Xeon Gold", 160, "5216W,5433N,6142F,6148F"},
    {"Intel Xeon Gold", 165,
     "5318S,5318Y,5411N,5418N,5515+,6143,6146,6150,6161,6212U,6233,6238R,6240R,6246,6267,"
     "6267C,6271C,6273C,6328H,6328HL,6330N,6334,6338T,6348H,6416H"},
    {"Intel Xeon Gold", 180, "6245W"},
    {"Intel Xeon Gold", 185,
     "5320,5412U,5418Y,5512U,6231,6231C,6250,6250L,6278C,6312U,6326,6336Y,6338N,6403N,6418H,"
     "6421N,6426Y,6428N"},
    {"Intel Xeon Gold", 195, "6138P,6423N,6434,6434H,6443N,6526Y,6534"},
    {"Intel Xeon Gold", 200, "6154,6155,6253W,6254"},
    {"Intel Xeon Gold", 205,
     "5420+,5520+,6131,6137,6137M,6149,6151,6241W,6242R,6246R,6248R,6253CL,6256,6258R,6261,"
     "6263CY,6266C,6268CL,6314U,6330,6338,6346,6354,6433N,6433NE,6438M,6438N,6438Y+,6538N"},
    {"Intel Xeon Gold", 225, "6442Y,6448Y,6538Y+"},
    {"Intel Xeon Gold", 230, "6342"},
    {"Intel Xeon Gold", 235, "6348"},
    {"Intel Xeon Gold", 240, "6269Y,6290"},
    {"Intel Xeon Gold", 250, "6414U,6448H,6542Y,6548N,6548Y+"},
    {"Intel Xeon Gold", 270, "6430,6444Y,6454S,6530,6544Y,6554S"},
    {"Intel Xeon Gold", 350, "6458Q,6558Q"},
    {"Intel Xeon Platinum", 105, "8156,8256"},
    {"Intel Xeon Platinum", 125, "8153,8253"},
    {"Intel Xeon Platinum", 145, "8157M"},
    {"Intel Xeon Platinum", 150, "8158,8160,8160H,8160M,8160T,8164,8249C,8353H"},
    {"Intel Xeon Platinum", 160, "8160F"},
    {"Intel Xeon Platinum", 165,
     "8163,8165,8167M,8170,8170M,8171M,8173M,8176,8176M,8255C,8260,8260L,8260M,8260Y,8263C,"
     "8273CL,8276,8276L,8276M"},
    {"Intel Xeon Platinum", 173, "8176F"},
    {"Intel Xeon Platinum", 185, "8352M"},
    {"Intel Xeon Platinum", 190, "8356H"},
    {"Intel Xeon Platinum", 195, "8272CL,8272L,8352V"},
    {"Intel Xeon Platinum", 200, "8222L"},
    {"Intel Xeon Platinum", 205,
     "8168,8172M,8180,8180M,8267W,8268,8269CY,8270,8279W,8280,8280L,8280M,8352S,8352Y,8354H,"
     "8370C,8376H,8376HL"},
    {"Intel Xeon Platinum", 210, "8259CL,8259L,8347C"},
    {"Intel Xeon Platinum", 225, "8351N,8360H,8360HL"},
    {"Intel Xeon Platinum", 240, "8124M,8151,8174,8175M,8179M,8251,8274,8275CL,8284,8357C,8358P"},
    {"Intel Xeon Platinum", 250, "8358,8360Y,8380H,8380HL,8450H,9221,9222"},
    {"Intel Xeon Platinum", 265, "8362"},
    {"Intel Xeon Platinum", 270, "8368,8368Q,8380,8444H,8454H,8581V"},
    {"Intel Xeon Platinum", 300, "8372C,8373C,8375C,8452Y,8460Y+,8461V,8462Y+,8470N,8471N,8558U,8562Y+,8571N"},
    {"Intel Xeon Platinum", 330, "8460H,8468H,8468V,8558,8592V"},
    {"Intel Xeon Platinum", 350, "8458P,8468,8470,8470Q,8480+,8490H,8558P,8568Y+,8570,8580,8592+,9242"},
    {"Intel Xeon Platinum", 385, "8593Q"},
    {"Intel Xeon Platinum", 400, "9282"},
    {"Intel Xeon", 25, "E-2254ML,E-2276ML,W-11155MLE,W-11555MLE,W-11865MLE"},
    {"Intel Xeon", 35, "E-2278GEL,W-1250TE,W-1270TE,W-1290T,W-1290TE,W-1390T"},
    {"Intel Xeon", 45, "E-2176M,E-2186M,E-2254ME,E-2276M,E-2276ME,E-2286M,E5-2408L v3,W-10855M,W-10885M,W-11955M"},
    {"Intel Xeon", 50, "E5-2418L v3,E5-2608L v4"},
    {"Intel Xeon", 52, "E5-2608L v3"},
    {"Intel Xeon", 55, "E-2414,E-2434,E5-2428L v3,E5-2630L v3,E5-2630L v4"},
    {"Intel Xeon", 65,
     "E-2104G,E-2314,E-2324G,E-2334,E-2336,E-2378,E-2436,E-2468,E5-1428L v3,E5-2650L v3,"
     "E5-2650L v4"},
    {"Intel Xeon", 70, "E5-2438L v3"},
    {"Intel Xeon", 71, "E-2124,E-2124G,E-2134,E-2144G,E-2174G,E-2224,E-2224G,E-2234,E-2244G"},
    {"Intel Xeon", 75, "E5-2618L v3,E5-2618L v4,E5-2628L v3,E5-2628L v4,E5-2648L v3,E5-2648L v4,E5-4628L v4"},
    {"Intel Xeon", 80,
     "E-2126G,E-2136,E-2146G,E-2176G,E-2226G,E-2226GE,E-2236,E-2246G,E-2276G,E-2278G,E-2278GE,"
     "E-2356G,E-2374G,E-2378G,E-2456,E-2478,W-1250,W-1250E,W-1270,W-1270E,W-1290,W-1350,W-1370,"
     "W-1390"},
    {"Intel Xeon", 83, "E-2274G"},
    {"Intel Xeon", 85,
     "E5-2603 v3,E5-2603 v4,E5-2609 v3,E5-2609 v4,E5-2620 v3,E5-2620 v4,E5-2623 v4,E5-2630 v3,"
     "E5-2630 v4"},
    {"Intel Xeon", 90, "E5-2640 v3,E5-2640 v4"},
    {"Intel Xeon", 95, "E-2186G,E-2286G,E-2288G,E-2386G,E-2388G,E-2486,E-2488,W-1290E"},
    {"Intel Xeon", 105,
     "E5-2623 v3,E5-2650 v3,E5-2650 v4,E5-2658 v3,E5-2658 v4,E5-2658A v3,E5-2660 v3,E5-2660 v4,"
     "E5-4610 v3,E5-4610 v4,E5-4620 v3,E5-4620 v4,E5-4640 v3,E5-4640 v4,E5-4648 v3,E5-4650 v3,"
     "E5-4650 v4,W-2225"},
    {"Intel Xeon", 110, "E5-2673 v3"},
    {"Intel Xeon", 120,
     "E5-2670 v3,E5-2680 v3,E5-2680 v4,E5-2682 v4,E5-2683 v3,E5-2683 v4,E5-2695 v3,E5-2695 v4,"
     "E5-4660 v3,E5-4660 v4,W-2102,W-2104,W-2123,W-2125,W-2140B,W-2150B,W-2223"},
    {"Intel Xeon", 125, "W-1250P,W-1270P,W-1290P,W-1350P,W-1370P,W-1390P"},
    {"Intel Xeon", 130, "W-2235"},
    {"Intel Xeon", 135,
     "E5-2637 v3,E5-2637 v4,E5-2643 v3,E5-2643 v4,E5-2667 v3,E5-2667 v4,E5-2673 v4,E5-2690 v3,"
     "E5-2690 v4,E5-2698 v3,E5-2698 v4,E5-4627 v3,E5-4627 v4,E5-4655 v3,E5-4655 v4,E5-4667 v3,"
     "E5-4667 v4,E5-4669 v3,E5-4669 v4"},
    {"Intel Xeon", 140,
     "E5-1603 v3,E5-1603 v4,E5-1607 v4,E5-1620 v3,E5-1620 v4,E5-1630 v3,E5-1630 v4,E5-1650 v3,"
     "E5-1650 v4,E5-1660 v3,E5-1660 v4,E5-1680 v3,E5-1680 v4,W-2133,W-2135,W-2145,W-2155,W-2175,"
     "W-2191B,W-2195"},
    {"Intel Xeon", 145,
     "E5-2666 v4,E5-2676 v4,E5-2686 v4,E5-2689A v4,E5-2697 v3,E5-2697 v4,E5-2697A v4,E5-2699 v3,"
     "E5-2699 v4,E5-2699A v4,E5-2699C v4,E5-2699R v4"},
    {"Intel Xeon", 150, "E5-2696 v4"},
    {"Intel Xeon", 155, "W-2245"},
    {"Intel Xeon", 160, "E5-2687W v3,E5-2687W v4,W-3223,W-3225"},
    {"Intel Xeon", 165, "E5-2689 v4,W-2255,W-2265,W-2275,W-2295"},
    {"Intel Xeon", 180, "W-3235"},
    {"Intel Xeon", 200, "E5-2679 v4"},
    {"Intel Xeon", 205, "W-3245,W-3245M,W-3265,W-3265M,W-3275,W-3275M"},
    {"Intel Xeon", 220, "W-3323"},
    {"Intel Xeon", 250, "W-3335,W-3345"},
    {"Intel Xeon", 255, "W-3175X"},
    {"Intel Xeon", 270, "W-3365,W-3375"},
    {"Intel Xeon", 300, "E5-2699P v4"},
};

using Words = std::set<std::string, std::less<>>;

/// The words of a name in lower case, without (R) and (TM).
Words words_of(std::string_view name) {
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  for (const std::string_view mark : {"(r)", "(tm)"}) {
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark))
      text.replace(at, mark.size(), " ");
  }
  Words words;
  std::size_t begin = 0;
  while ((begin = text.find_first_not_of(' ', begin)) != std::string::npos) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    words.insert(text.substr(begin, end - begin));
    begin = end;
  }
  return words;
}

bool contains_all(const Words& all, const Words& some) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

}  // namespace

std::optional<double> tdp_watts(std::string_view cpu_model) {
  const Words model = words_of(cpu_model);
  std::optional<double> watts;
  std::size_t most = 0;
  for (const CpuFamily& family : kFamilies) {
    const Words family_words = words_of(family.name);
    if (!contains_all(model, family_words)) continue;
    std::string_view rest = family.models;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      const Words words = words_of(rest.substr(0, comma));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
      if (!contains_all(model, words) || family_words.size() + words.size() <= most) continue;
      most = family_words.size() + words.size();
      watts = family.watts;
    }
  }
  return watts;
}

}  // namespace baton::track::carbon
