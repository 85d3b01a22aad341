# The figure of Documentation/validation/simulate.md from its tables in `folder`.
set terminal svg size 900,380 font "sans-serif,13" background "white"
set output folder."/comparison.svg"
set datafile separator ","
set multiplot layout 1,2 margins 0.09,0.98,0.16,0.88 spacing 0.12
set grid linecolor "#dddddd"
set key off
set title "Power of matter at z = 0"
set xlabel "k [h/Mpc]"
set ylabel "P / P of GADGET-4"
set logscale x
set xrange [0.2:8.1]
set xtics (0.2, 0.5, 1, 2, 5)
set yrange [0.5:1.1]
set object 1 rectangle from 0.2,0.98 to 1,1.02 fillstyle solid 0.25 noborder fillcolor "#1b9e77" behind
plot folder."/power.csv" every ::1 using 1:5 with linespoints pointtype 7 pointsize 0.4 linecolor "#1f4e79"
unset object 1
set title "Halo masses of the same particles"
set xlabel "particles of the halo in GADGET-4"
set ylabel "log_{10} M - log_{10} M of GADGET-4"
set xrange [30:40000]
set xtics (100, 1000, 10000)
set yrange [-0.5:0.5]
set object 2 rectangle from 100,-0.05 to 40000,0.05 fillstyle solid 0.25 noborder fillcolor "#1b9e77" behind
plot folder."/halos.csv" every ::1 using (sqrt($1*$2)):7:6:8 with yerrorbars pointtype 7 pointsize 0.6 linecolor "#1f4e79"
unset multiplot
